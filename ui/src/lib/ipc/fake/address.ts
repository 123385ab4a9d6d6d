// What the stand-in is asked for in the address of the page.

import { pseudo } from "../../i18n/pseudo";
import type { TrialPack } from "../backend";
import type { ErrorCode, Phase } from "../bindings";
import { FakeBackend } from "./backend";

/** The stand-in with what the address asks for, e.g. `?phase=open&pack=jewellery&lang=en&theme=dark`. */
export function fakeFromAddress(query: string): FakeBackend {
  const asked = new URLSearchParams(query);
  const lang = asked.get("lang");
  const theme = asked.get("theme");
  return new FakeBackend({
    phase: (asked.get("phase") ?? "locked") as Phase,
    pack: (asked.get("pack") ?? "apparel") as TrialPack,
    prefs: {
      locale: lang === "en" || lang === "zh-CN" ? lang : null,
      theme: theme === "light" || theme === "dark" ? theme : "system",
      hand: asked.get("hand") === "left" ? "left" : "right",
    },
    ...(asked.has("pseudo") ? { relabel: pseudo } : {}),
    empty: asked.has("empty"),
    fresh: asked.has("fresh"),
    paired: asked.has("paired"),
    byPhrase: asked.has("phrase"),
    offline: asked.has("offline"),
    shutOut: asked.has("shutout"),
    ...(asked.has("wiped") ? { wiped: Number(asked.get("wiped")) } : {}),
    aside: Number(asked.get("aside") ?? 0),
    outfit: asked.has("outfit"),
    keyAway: asked.has("keyaway"),
    phones: asked.has("phones"),
    rotation: asked.has("rotation"),
    running: Number(asked.get("running") ?? 4),
    wrong: Number(asked.get("wrong") ?? 0),
    trouble: (asked.get("trouble") ?? "database_damaged") as ErrorCode,
    delay: Number(asked.get("delay") ?? 12),
  });
}
