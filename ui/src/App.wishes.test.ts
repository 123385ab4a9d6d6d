// What headquarters wants of the device, on the whole interface with the stand-in shell.

import { screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { find, freshWindow, opened } from "./floor-test";

freshWindow();

it("a device that is shut out says so, keeps what it holds, and lets nobody in", async () => {
  const backend = await opened({ phase: "open" });
  backend.becomes({ phase: "locked", shutOut: true });
  const trouble = await find("trouble");
  expect(trouble.querySelector("[data-code=shut_out]")).toBeTruthy();
  expect(trouble.textContent).toContain("记录");
  expect(screen.queryByTestId("clerk-c-li")).toBeNull();
  backend.becomes({ phase: "locked", shutOut: false });
  await find("clerk-c-li");
});

it("a device that was wiped says when, and what is to be done with what was unsent", async () => {
  const backend = await opened({ phase: "open" });
  backend.becomes({ phase: "setup", wiped: 12 });
  const note = await find("wiped");
  expect(note.textContent).toContain("12 条记录");
  expect(note.textContent).toContain("不要删除文件");
  backend.becomes({ phase: "setup", wiped: 0 });
  await screen.findByText(/没有未发送的记录/);
  expect(screen.getByTestId("setup-pair")).toBeTruthy();
});
