// What a visitor hands in, and what is refused, on the stand-in shell.

import { expect, it, vi } from "vitest";
import { failure } from "../../lib/ipc";
import { FakeBackend, type FakeOptions } from "../../lib/ipc/fake";
import { RECEIPTS } from "../../lib/ipc/fake/contacts";
import { DEMO_PIN } from "../../lib/ipc/fake/data";
import { Session } from "../../lib/state/session.svelte";
import { VisitorForm, type Place } from "./visitor-form.svelte";

async function turned(options: FakeOptions = {}) {
  const shell = new FakeBackend({ phase: "turned", prefs: { locale: "zh-CN" }, ...options });
  const session = new Session(shell);
  await session.start();
  const { pack } = session.profile!;
  const form = new VisitorForm(session, pack);
  const tap = (key: string, code: string) =>
    form.tap(pack.questions.find(({ group }) => group.key === key)!.group, code);
  return { shell, session, form, tap };
}

/** Everything that has to be there. */
function filled(form: VisitorForm): void {
  form.card.phone = "138 0013 8000";
  form.tick("notify");
  form.isOfAge = true;
}

it("is given with the language of the notice, and the receipt is shown", async () => {
  const { shell, session, form } = await turned();
  const given = vi.spyOn(shell, "giveContact");
  filled(form);
  form.card.name = "  ";
  session.speakToVisitor("en");
  await form.submit();
  expect(session.receipt).toBe(RECEIPTS[0]);
  expect(session.boot?.phase).toBe("locked");
  expect(given.mock.calls[0]?.[0]).toEqual({
    card: { name: null, phone: "138 0013 8000", wechat: null, email: null, address: null },
    purposes: ["notify"],
    is_of_age: true,
    locale: "en",
    answers: {},
  });
});

it("speaks the visitor's language to the end, and no longer", async () => {
  const { session, form } = await turned();
  filled(form);
  session.speakToVisitor("en");
  session.resizeText("larger");
  expect(session.i18n.locale).toBe("en");
  await form.submit();
  expect(session.i18n.locale).toBe("en");
  session.endReceipt();
  expect(session.i18n.locale).toBe("zh-CN");
  expect((await session.backend.boot()).prefs.locale).toBe("zh-CN");
});

it("hands in no answer to a question that is gone", async () => {
  const { shell, form, tap } = await turned({ pack: "jewellery" });
  const given = vi.spyOn(shell, "giveContact");
  filled(form);
  tap("date_set", "month");
  tap("range", "r2");
  tap("metal", "rose");
  tap("date_set", "none");
  await form.submit();
  expect(given.mock.calls[0]?.[0].answers).toEqual({ date_set: "none", metal: "rose" });
});

type Slip = [what: string, slip: (form: VisitorForm) => void, at: Place, code: string];

it.each<Slip>([
  ["no purpose", (form) => form.tick("notify"), "purposes", "consent_missing"],
  ["no word on age", (form) => (form.isOfAge = false), "age", "consent_missing"],
  ["half a number", (form) => (form.card.phone = "13800"), "phone", "phone_invalid"],
  ["no way to be reached", (form) => (form.card.phone = " "), "phone", "contact_missing"],
  ["half an address", (form) => (form.card.email = "chen@"), "email", "email_invalid"],
  ["no WeChat id", (form) => (form.card.wechat = "陈"), "wechat", "bad_input"],
])("is refused in its place, and stays as it was typed: %s", async (_, slip, at, code) => {
  const { session, form } = await turned();
  filled(form);
  form.card.name = "陈女士";
  slip(form);
  const typed = { ...form.card };
  await form.submit();
  expect(form.refused).toMatchObject({ at, error: { code } });
  expect(form.card).toEqual(typed);
  expect(session.boot?.phase).toBe("turned");
  form.mend(at);
  expect(form.refused).toBeNull();
});

it("opens the further ways where one of them is refused", async () => {
  const { form } = await turned();
  filled(form);
  form.card.email = "chen@";
  await form.submit();
  expect(form.wide).toBe(true);
});

it("says what failed on the way beside the buttons", async () => {
  const { shell, form } = await turned();
  filled(form);
  shell.failNext = failure("disk_full");
  await form.submit();
  expect(form.refused).toMatchObject({ at: "form", error: { code: "disk_full" } });
});

it("is left with nothing in it, and nothing is kept", async () => {
  const { shell, session, form, tap } = await turned();
  filled(form);
  tap("matters", "look");
  await form.leave();
  expect([form.card.phone, form.answers, form.purposes, form.isOfAge]).toEqual(["", {}, [], false]);
  expect(session.boot?.phase).toBe("locked");
  expect(session.receipt).toBeNull();
  await session.unlock("c-li", DEMO_PIN);
  expect((await shell.board()).open.some((visit) => visit.has_contact)).toBe(false);
});
