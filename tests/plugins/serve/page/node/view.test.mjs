import assert from "node:assert/strict";
import { test } from "node:test";
import { initial as conversation } from "../../../../../plugins/voicebot_serve/page/web/conversation.js";
import { initial, step } from "../../../../../plugins/voicebot_serve/page/web/session.js";
import { statusOf } from "../../../../../plugins/voicebot_serve/page/web/view.js";

test("a page that asks for a key says that it waits for one, and not that something has ended", () => {
  const { state } = step({ ...initial, phase: "connecting" }, { type: "refused", code: "access", at: 1 });
  assert.equal(statusOf(state, conversation), "Waiting for a key");
  const { state: goingOn } = step(state, { type: "key", text: "sesame", at: 2 });
  assert.notEqual(statusOf(goingOn, conversation), "Waiting for a key");
  assert.equal(statusOf({ ...initial, phase: "over" }, conversation), "Ended");
});
