// Keeps the whole form on one screen: packs, languages and windows differ, scrolling while looking at
// a visitor does not work. The form starts roomy and tightens step by step until everything fits.

/** Each step is a block of custom properties in ChipGroups.svelte; the last one may still scroll. */
export const TIGHTEST = 6;

/** The first step at which the content fits, by asking `fits` for each. */
export function firstFit(fits: (step: number) => boolean): number {
  for (let step = 0; step < TIGHTEST; step += 1) if (fits(step)) return step;
  return TIGHTEST;
}

/** Measures an element and keeps it at the roomiest step that needs no scrolling. */
export function fit(element: HTMLElement): () => void {
  const measure = () =>
    firstFit((step) => {
      element.dataset.step = String(step);
      return element.scrollHeight <= element.clientHeight && element.scrollWidth <= element.clientWidth;
    });
  const place = () => (element.dataset.step = String(measure()));
  const observer = new ResizeObserver(place);
  observer.observe(element);
  // The last row is the one that grows while a visit is open.
  if (element.lastElementChild) observer.observe(element.lastElementChild);
  place();
  return () => observer.disconnect();
}
