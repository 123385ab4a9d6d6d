import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NOTE_MAX, NoteDraft, noteLength } from "./note.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function draft(text = "") {
  const save = vi.fn();
  return { save, note: new NoteDraft("v", text, save) };
}

it("saves by itself once the words settle, and only once", () => {
  const { save, note } = draft();
  note.take("大一");
  vi.advanceTimersByTime(300);
  note.take("大一码");
  vi.advanceTimersByTime(300);
  expect(save).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  note.flush();
  expect(save.mock.calls.map(([text]) => text)).toEqual(["大一码"]);
});

it("refuses a paste that is too long and loses nothing of what was there", () => {
  const { note } = draft("kept");
  expect(note.take("x".repeat(NOTE_MAX + 1))).toBe(false);
  expect([note.text, note.refused]).toEqual(["kept", true]);
  expect(note.take("kept on")).toBe(true);
  expect(note.refused).toBe(false);
});

it("counts characters, not code units", () => {
  expect(noteLength("好😀")).toBe(2);
  expect(draft().note.take("😀".repeat(NOTE_MAX))).toBe(true);
});

it("tries again what could not be saved, unless newer words went after it", () => {
  const { save, note } = draft();
  const failed = (call: number) => save.mock.calls[call]?.[1]();
  note.take("a");
  note.flush();
  failed(0);
  note.flush();
  expect(save.mock.calls.map(([text]) => text)).toEqual(["a", "a"]);
  note.take("ab");
  note.flush();
  failed(1);
  note.flush();
  expect(save.mock.calls.map(([text]) => text)).toEqual(["a", "a", "ab"]);
});
