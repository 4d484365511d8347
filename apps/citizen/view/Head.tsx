/** The head: DEMO first of all if it is one, then what concerns the whole page, who speaks here, and the language. */

import type { Model } from "../model.ts";
import type { Language, Words } from "../words/words.ts";

const LANGUAGES: Record<Language, string> = { uk: "Українською", en: "English" };

/** Stays at the top, however far the page is scrolled. */
export function Demo({ words }: { words: Words }) {
  return (
    <section class="demo" aria-label={words.demo}>
      <strong>{words.demo}</strong> <span>{words.demoMeaning}</span>
    </section>
  );
}

export function Head({ model, words }: { model: Model; words: Words }) {
  const tests = model.tests();
  const insecure = !globalThis.isSecureContext;
  return (
    <header class="head">
      {insecure && <p class="insecure">{words.insecure}</p>}
      {tests.length > 0 && (
        <p class="test">
          <strong>{words.test}.</strong> {words.testMeaning}
        </p>
      )}
      <div class="who">
        <span class="authority">{model.device.pin?.authority ?? "…"}</span>
        <nav aria-label={words.language}>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={model.language === language}
              aria-label={LANGUAGES[language]}
              onClick={() => void model.speakLanguage(language)}
            >
              {language === "uk" ? "УКР" : "ENG"}
            </button>
          ))}
        </nav>
      </div>
    </header>
  );
}
