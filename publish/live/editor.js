// An editor of Python. It stands in a shadow tree: there CodeMirror adopts its style sheet, and needs no style
// element, which the page's Content-Security-Policy would refuse.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The colours of the still code, as lesson.css has them for light and dark pages.
const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--code-keyword)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", border: "1px solid var(--edge)", borderRadius: "4px", fontSize: "var(--size, 14px)" },
  "&.cm-focused": { outline: "3px solid var(--blue)" },
  ".cm-cursor": { borderLeftColor: "currentcolor" },
  "& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { background: "var(--blue-tint)" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "Cascadia Code", Menlo, "DejaVu Sans Mono", monospace', lineHeight: "1.45" },
  ".cm-content": { padding: "8px 6px" },
});

// Put an editor into an element.
//
// label: its name for those who do not see it; keys: how the keyboard gets in and out; change: called with the
// text after each change; run: called for Shift+Enter and Ctrl+Enter.
export function edit(parent, text, { label, keys, change, run }) {
  const root = parent.attachShadow({ mode: "open" });
  const runs = () => { run(); return true; };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        drawSelection(),
        pythonLanguage,
        syntaxHighlighting(COLOURS),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("    "),
        // Escape, then Tab, leaves it: CodeMirror's own way out.
        keymap.of([
          { key: "Shift-Enter", run: runs },
          { key: "Mod-Enter", run: runs },
          { key: "Ctrl-Enter", run: runs },
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": keys }),
        EditorView.updateListener.of((update) => update.docChanged && change(view.state.doc.toString())),
        LOOK,
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    // Put another text in; one step back in its history brings the earlier one.
    write(other) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other } });
    },
  };
}
