// What a manager does with the contact of a visitor who asks, on the stand-in shell.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ContactInput } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { RECEIPTS } from "../ipc/fake/contacts";
import { DEMO_PIN } from "../ipc/fake/data";
import { copyLines } from "./copy";
import { Rights } from "./rights.svelte";
import { Session } from "./session.svelte";

const CODE = RECEIPTS[0]!;
const PHONE = "13800138000";
const GIVEN: ContactInput = {
  card: { name: "陈女士", phone: PHONE, wechat: null, email: null, address: null },
  purposes: ["notify", "news"],
  is_of_age: true,
  locale: "zh-CN",
  answers: { matters: "comfort" },
};

let shell: FakeBackend;
let session: Session;
let rights: Rights;
const changed = vi.fn();
const found = () => rights.found![0]!;

beforeEach(async () => {
  changed.mockClear();
  shell = new FakeBackend({ phase: "turned", prefs: { locale: "zh-CN" } });
  session = new Session(shell);
  await session.start();
  await session.giveContact(GIVEN);
  session.endReceipt();
  await session.unlock("c-zhou", DEMO_PIN);
  rights = new Rights(session, changed);
});

describe("a contact", () => {
  it.each([PHONE, "+86 138-0013-8000", CODE, CODE.toLowerCase()])("is found by %s", async (query) => {
    await rights.find(query);
    expect(rights.found).toMatchObject([{ code: CODE, masked: "•••• 8000" }]);
  });

  it("is not found by a part of the number, and that is no error of another", async () => {
    await rights.find("13900139000");
    expect([rights.found, rights.error]).toEqual([[], null]);
    await rights.find("8000");
    expect(rights.found).toBeNull();
    expect(rights.error?.code).toBe("phone_invalid");
  });

  it("is shown for a reason, until somebody else is looked for", async () => {
    const asked = vi.spyOn(shell, "revealContact");
    await rights.find(CODE);
    await rights.reveal(found(), "correction");
    expect(asked).toHaveBeenCalledWith(found().id, "correction");
    expect(rights.revealed?.card.phone).toBe("+8613800138000");
    await rights.find("13900139000");
    expect(rights.revealed).toBeNull();
  });

  it("loses a purpose, and with the last one goes", async () => {
    await rights.find(CODE);
    const { visit_id } = found();
    await rights.withdraw(found(), "news");
    expect([found().purposes, rights.done]).toEqual([["notify"], "withdrawn"]);
    await rights.withdraw(found(), "notify");
    expect([rights.found, rights.done]).toEqual([[], "erased"]);
    expect(changed.mock.calls).toEqual([[visit_id], [visit_id]]);
    expect((await shell.visit(visit_id)).has_contact).toBe(false);
  });

  it("is erased, and what was shown of it with it", async () => {
    await rights.find(CODE);
    await rights.reveal(found(), "visitor_asked");
    await rights.erase(found());
    expect([rights.found, rights.revealed, rights.done]).toEqual([[], null, "erased"]);
    await rights.find(CODE);
    expect(rights.found).toEqual([]);
  });

  it("that is gone meanwhile is said to be", async () => {
    await rights.find(CODE);
    const before = found();
    await shell.eraseContact(before.id);
    await rights.takeCopy(before);
    expect(rights.error?.code).toBe("contact_unknown");
  });
});

it("a copy for the visitor has everything, in words", async () => {
  await rights.find(CODE);
  await rights.takeCopy(found());
  const lines = copyLines(rights.copy!, session.profile!, session.i18n);
  expect(lines.slice(0, 4)).toEqual([
    ["回执码", CODE],
    ["称呼", "陈女士"],
    ["手机号", "+8613800138000"],
    ["同意的用途", "到货、尺码通知、新品与活动消息"],
  ]);
  expect(lines).toContainEqual(["更看重什么？", "舒适"]);
  expect(JSON.parse(rights.copy!.json)).toMatchObject({ code: CODE, card: { phone: "+8613800138000" } });
});

it("is for managers, who type their PIN once more", async () => {
  await session.lock();
  await session.unlock("c-li", DEMO_PIN);
  await rights.find(CODE);
  expect(rights.error?.code).toBe("manager_needed");
});
