import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** The text of an error is for people and may change: tests compare codes, so a mutant of a message tells nothing. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "messages", {
    shouldIgnore({ parentPath, listKey, key }) {
      const isMessage =
        parentPath?.isNewExpression() === true &&
        parentPath.get("callee").isIdentifier({ name: "OctetError" }) &&
        listKey === "arguments" &&
        key === 1;
      return isMessage ? "the text of an error" : undefined;
    },
  }),
];
