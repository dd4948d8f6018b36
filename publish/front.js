// The front page: a tap on the sheet brings it alive, and lessons that the reader has begun say so.
const { words } = JSON.parse(document.getElementById("live").textContent);

const sheet = document.querySelector(".sheet");
sheet.classList.add("waits");
sheet.addEventListener("click", () => document.querySelector(".live-bar button")?.click());

// What was answered, as helpers/questions/record.py writes it.
function answered() {
  try { return JSON.parse(localStorage.getItem("cnn-answers")) ?? {}; } catch { return {}; }
}

function tell() {
  const record = answered();
  for (const lesson of document.querySelectorAll("[data-asked]")) {
    const names = lesson.dataset.asked.split(" ").filter(Boolean);
    const right = names.filter((name) => record[name]?.right).length;
    lesson.querySelector(".begun")?.remove();
    if (!names.some((name) => name in record)) continue;
    const begun = Object.assign(document.createElement("p"), { className: "begun" });
    const bar = Object.assign(document.createElement("meter"), { max: names.length, value: right });
    const sentence = words.begun.replace("{right}", right).replace("{all}", names.length);
    bar.setAttribute("aria-label", sentence);
    begun.append(bar, sentence);
    lesson.append(begun);
  }
}

tell();
addEventListener("storage", tell); // answered in another window
addEventListener("pageshow", tell); // come back to from a lesson
