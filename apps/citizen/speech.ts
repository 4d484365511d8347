/** The browser's own voice. It may lack the language or say nothing at all: then the caller is told, and sounds a tone. */

import type { Language } from "./words/words.ts";

// Browsers load their voices late; some never have any.
const VOICES_WAIT_MS = 1_500;
// A voice that has not begun by then will not.
const BEGIN_WAIT_MS = 4_000;
// No text of ours is longer aloud; some engines never say that they have finished.
const SPEECH_MS_MAX = 60_000;

/** Say the text; false if there is no voice of that language, or it did not speak. */
export async function say(text: string, language: Language): Promise<boolean> {
  const voice = await findVoice(language);
  const spoken = voice !== undefined && (await speak(text, voice));
  document.dispatchEvent(new CustomEvent("tocsin:speech", { detail: { text, language, spoken } }));
  return spoken;
}

export function hushVoice(): void {
  globalThis.speechSynthesis?.cancel();
}

async function findVoice(language: Language): Promise<SpeechSynthesisVoice | undefined> {
  const synthesis = globalThis.speechSynthesis;
  if (!synthesis) return undefined;
  if (synthesis.getVoices().length === 0) {
    await new Promise((resolve) => {
      synthesis.addEventListener("voiceschanged", resolve, { once: true });
      setTimeout(resolve, VOICES_WAIT_MS);
    });
  }
  return synthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language));
}

// Chromium forgets an utterance that nobody holds, and then never says that it has ended.
let speaking: SpeechSynthesisUtterance | undefined;

function speak(text: string, voice: SpeechSynthesisVoice): Promise<boolean> {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(text);
    speaking = utterance;
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.95;
    let begun = false;
    utterance.onstart = () => {
      begun = true;
    };
    utterance.onend = () => {
      if (speaking === utterance) speaking = undefined;
      resolve(true);
    };
    utterance.onerror = () => resolve(false);
    setTimeout(() => begun || resolve(false), BEGIN_WAIT_MS);
    setTimeout(() => resolve(begun), SPEECH_MS_MAX);
    speechSynthesis.cancel();
    speechSynthesis.speak(utterance);
  });
}
