/** What somebody does who is there. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "input", "wheel"];

/** Does `job` when nobody touched the page for so long. Call the result to stop. */
export function whenLeft(page: EventTarget, afterMs: number, job: () => void): () => void {
  let timer = setTimeout(job, afterMs);
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(job, afterMs);
  };
  for (const sign of SIGNS) page.addEventListener(sign, touched, true);
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) page.removeEventListener(sign, touched, true);
  };
}
