import { expect, it, vi } from "vitest";
import type { MaskedContact, VisitView } from "../ipc";
import { failure } from "../ipc";
import { openVisit } from "../ipc/fake/data";
import { Contacts, tooYoung } from "./contacts.svelte";

const MASKED = { id: "k", masked: "•••• 8000" } as MaskedContact;
const visit = (has_contact: boolean): VisitView => ({ ...openVisit("v", 0, 1, "c"), has_contact });

function contacts(...answers: (MaskedContact | Error)[]) {
  const contactOf = vi.fn(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw failure("internal");
    return answer ?? null;
  });
  return { contactOf, known: new Contacts({ contactOf }) };
}

it("asks for the contact of a visit once, and of a visit without one never", async () => {
  const { contactOf, known } = contacts(MASKED);
  known.look(visit(false));
  expect([known.of(visit(false)), contactOf.mock.calls.length]).toEqual([null, 0]);
  known.look(visit(true));
  known.look(visit(true));
  expect(known.of(visit(true))).toBeUndefined();
  await vi.waitFor(() => expect(known.of(visit(true))).toEqual(MASKED));
  expect(contactOf).toHaveBeenCalledTimes(1);
});

it("asks again after a failure, and when it is another contact now", async () => {
  const { contactOf, known } = contacts(new Error(), MASKED);
  known.look(visit(true));
  await vi.waitFor(() => {
    known.look(visit(true));
    expect(known.of(visit(true))).toEqual(MASKED);
  });
  known.forget("v");
  known.look(visit(true));
  await vi.waitFor(() => expect(known.of(visit(true))).toBeNull());
  expect(contactOf).toHaveBeenCalledTimes(3);
});

it("knows of whom nobody asks anything", () => {
  expect([tooYoung({ age: "teen" }), tooYoung({ age: "child" })]).toEqual([true, true]);
  expect([tooYoung({ age: "a35" }), tooYoung({})]).toEqual([false, false]);
});
