import type { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import {
  type RetainerSettings,
  retainerDocument,
  retainerRules,
} from "../../lib/records/retainer-settings.ts";
import type { Settings } from "../../lib/store/settings.ts";

/** What the broker does with each of its settings documents, by the name of the document. */
const configure: Readonly<Record<string, (broker: EmbeddedBroker, document: unknown) => void>> = {
  [retainerDocument]: (broker, document) =>
    broker.retainer.configure(retainerRules(document as Partial<RetainerSettings>)),
};

/** Gives the broker, when it starts, the settings that the API was left with. */
export async function configureBroker(broker: EmbeddedBroker, settings: Settings): Promise<void> {
  for (const [name, apply] of Object.entries(configure)) {
    const document = await settings.read(name);
    if (document !== undefined) apply(broker, document);
  }
}
