import type { Words } from "./words.ts";

const RULES = new Intl.PluralRules("uk");

function counted(count: number, one: string, few: string, many: string): string {
  const form = RULES.select(count);
  return `${count} ${form === "one" ? one : form === "few" ? few : many}`;
}

export const uk: Words = {
  hazards: {
    air_raid: "Повітряна тривога",
    artillery_shelling: "Загроза артобстрілу",
    urban_fights: "Загроза вуличних боїв",
    chemical: "Хімічна загроза",
    nuclear: "Радіаційна загроза",
    flood: "Загроза повені",
    storm: "Небезпечна буря",
    wildfire: "Пожежа",
    earthquake: "Землетрус",
    tsunami: "Загроза цунамі",
    dam_failure: "Прорив дамби",
    other_danger: "Небезпека",
  },
  levels: { red: "Червоний рівень", yellow: "Жовтий рівень" },
  phases: {
    announced: "Оголошено наперед",
    in_force: "Тривога",
    disputed: "Перевіряється",
    expired: "Строк минув, відбою не підтверджено",
    ended_clear: "Відбій",
    ended_false: "Хибна тривога",
  },

  demo: "ДЕМО",
  demoMeaning: "Це показ. Тут немає справжніх тривог.",
  exercise: "НАВЧАННЯ",
  exerciseMeaning: "Це навчання. Справжньої небезпеки немає.",
  test: "ПЕРЕВІРКА",
  testMeaning: "Перевірка зв’язку. Від вас вона нічого не вимагає.",

  alarm: "Тривога",
  partial: "Тривога в частині території",
  partialMeaning: "Тривога діє не в усьому вашому місці, а тут:",
  expired: "Строк минув, відбою не підтверджено",
  expiredMeaning: "Тривогу не продовжили й не скасували. Вважайте, що небезпека може тривати.",
  clear: "Тривоги немає",
  clearMeaning: "Зараз для ваших місць тривог немає.",
  notLive: "Немає зв’язку",
  notLiveMeaning: "Ми не знаємо, чи є тривога. Це не означає, що безпечно. Перевірте інше джерело.",
  notLiveAlarm: "Немає зв’язку: це останнє, що ми знаємо.",
  disputed: "Перевіряється",
  disputedMeaning: "Перевіряється. Залишайтеся в укритті, доки не підтвердять.",
  falseAlarm: "Хибна тривога",
  allClear: "Відбій",

  since: (clock, ago) => `з ${clock} · ${ago}`,
  until: (clock) => `діє до ${clock}`,
  endedAt: (clock) => `о ${clock}`,
  asOf: (clock) => `Стан на ${clock}, без зв’язку`,
  lastHeard: (ago) => `Сигнал: ${ago} тому`,
  neverHeard: "Сигналу ще не було",
  live: "На зв’язку",
  connecting: "З’єднуємося…",
  seconds: (count) => `${count} с`,
  minutes: (count) => `${count} хв`,
  hours: (count) => `${count} год`,
  days: (count) => counted(count, "день", "дні", "днів"),

  whatToDo: "Що робити",
  orderedBy: (issuer) => `Оголосив: ${issuer}`,
  signatureChecked: "Підпис перевірено на цьому пристрої",
  others: (count) => `Ще ${counted(count, "тривога", "тривоги", "тривог")}`,

  turnOnSound: "Увімкнути звук",
  soundOn: "Звук увімкнено",
  soundOff: "Звук вимкнено",
  soundOffMeaning: "Без одного дотику сторінка мовчатиме навіть під час тривоги.",
  soundBlocked: "Браузер не дозволив звук. Торкніться ще раз або перевірте налаштування.",
  stopSound: "Зупинити звук",

  places: "Мої місця",
  addPlace: "Додати місце",
  choosePlaces: "Оберіть свої місця",
  choosePlacesMeaning: "Країна, область, район чи громада. Вибір лишається тільки на цьому пристрої.",
  searchPlaces: "Назва місця",
  searchExample: "Наприклад: Київ, Вишгород, Odesa",
  noPlaceFound: "Нічого схожого не знайдено.",
  found: (count) => `Знайдено: ${count}`,
  remove: (place) => `Прибрати: ${place}`,
  chosen: "обрано",
  done: "Готово",
  regionsLoading: "Завантажуємо перелік місць…",
  regionsMissing: "Перелік місць не завантажився. Спробуємо ще раз, щойно буде зв’язок.",

  map: "Мапа тривог",
  mapMissing: "Мапа не завантажилася.",
  bordersApproximate: "Межі приблизні.",
  alertedRegions: "Де тривога",
  noneAlerted: "Зараз тривог немає.",
  recentlyEnded: "Нещодавно завершено",

  sounds: "Послухати звуки",
  soundsMeaning: "Тихі зразки. Жоден не схожий на державну сирену.",
  soundNames: {
    siren: "Червона тривога",
    warning: "Жовта тривога",
    note: "Оновлення",
    all_clear: "Відбій",
    exercise: "Навчання",
    voiceless: "Є текст, немає голосу",
  },

  about: "Про цю сторінку",
  authority: "Хто оголошує",
  roots: "Відбитки ключів",
  rootsMeaning: "Звірте їх із друкованою карткою. Сторінка запам’ятала їх при першому відкритті.",
  refusedMessage: (reason) => `Повідомлення не прийнято: перевірка «${reason}» не пройшла.`,
  forgetAll: "Забути все на цьому пристрої",
  forgetAllMeaning: "Прибирає місця, ключі й запам’ятовані тривоги.",
  language: "Мова",

  strangerTitle: "Тут відповідає хтось інший",
  strangerMeaning:
    "Ключі не збігаються з тими, які запам’ятав цей пристрій. Можливо, сервер підмінили. Нічому від нього ця сторінка не вірить.",
  strangerWas: "Запам’ятовано",
  strangerIs: "Відповідає зараз",
  strangerCompared: "Відбитки звірено з друкованою карткою: новий збігається з нею",
  strangerTrust: "Довіряти новому й забути старе",
  strangerLast: "Останнє, що ми знаємо",

  insecure: "Відкрийте сторінку через https: інакше браузер не дає перевіряти підписи.",

  saidAlarm: "Увага!",
  saidEscalation: "Увага! Рівень небезпеки зріс.",
  saidUpdate: "Оновлення.",
  saidLeft: "Відбій для цього місця.",
  saidStillOthers: "Інша тривога тут ще діє.",
};
