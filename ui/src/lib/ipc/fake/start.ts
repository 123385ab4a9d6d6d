// How the stand-in starts: set up, with a lost key or a damaged database, or as headquarters wants it.

import { failure, type Backend, type TrialPack } from "../backend";
import type { Boot } from "../bindings";
import { Book } from "./book";
import { Contacts } from "./contacts";
import { demoProfile } from "./data";
import type { FakeOptions } from "./options";
import { Shop } from "./shop";
import { shopOf, type Shell } from "./shell";

const SLOW_MS = 600;
const PAIRING_MS = 900;
const SETTING_UP_MS = 1_500;

export function start(shell: Shell) {
  let heardDevice: () => void = () => undefined;

  const answers = {
    boot: () => shell.answer(() => shell.boot()),

    retryStart: () =>
      shell.answer(() => {
        if (!shell.withoutKey) return shell.enter(shell.options.outfit ? "locked" : "setup");
        if (shell.options.keyAway) return shell.boot();
        shell.withoutKey = false;
        shell.shop = shopOf(shell.options);
        shell.book = new Book([]);
        return shell.enter("locked");
      }, SLOW_MS),

    logWithoutKey: () =>
      shell.answer(() => {
        shell.mayFail();
        shell.withoutKey = true;
        shell.shop = shell.shop.withoutKey();
        shell.book = new Book([]);
        return shell.enter("locked");
      }),

    beginAnew: () =>
      shell.answer(() => {
        shell.mayFail();
        return shell.enter("setup");
      }, SLOW_MS),

    pair: (_hqUrl, code, deviceName) =>
      shell.answer(() => {
        if (code.startsWith("00000")) throw failure("code_unknown");
        return begin("apparel", shell.shop.profile.store_name, deviceName, false);
      }, PAIRING_MS),

    tryHere: (packId, storeName, deviceName) =>
      shell.answer(() => begin(packId, storeName, deviceName, true), SETTING_UP_MS),

    onDevice: async (heard) => {
      heardDevice = heard;
      return () => (heardDevice = () => undefined);
    },
  } satisfies Partial<Backend>;

  function begin(pack: TrialPack, storeName: string, deviceName: string, isTrial: boolean): Boot {
    shell.shop = new Shop({ ...demoProfile(pack, storeName, deviceName), is_trial: isTrial }, true);
    shell.book = new Book([]);
    shell.contacts = new Contacts();
    return shell.enter("locked");
  }

  return {
    ...answers,
    /** Headquarters wants something of the device. */
    becomes(options: Pick<FakeOptions, "phase" | "shutOut" | "wiped">): void {
      Object.assign(shell.options, options);
      shell.phase = options.phase ?? shell.phase;
      heardDevice();
    },
  };
}
