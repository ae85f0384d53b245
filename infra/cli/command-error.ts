import { DataUnavailable } from "../local/open-level.ts";

/** A command cannot do what it was asked; the message is for whoever gave it. */
export class CommandError extends Error {}

/** Why a command failed, in one line; the stack of what nobody foresaw. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code, $fault } = error as NodeJS.ErrnoException & { $fault?: string };
  if (error instanceof CommandError) return message;
  if (error instanceof DataUnavailable) return `${message}.`;
  if (name === "ResourceNotFoundException") return "DynamoDB has no such table, in this account and region.";
  if (name === "CredentialsProviderError") return `AWS credentials are missing: ${firstLine(message)}`;
  if (message === "Region is missing") return "The AWS region is missing: give --region, or set AWS_REGION.";
  if ($fault) return `DynamoDB refused: ${name}: ${firstLine(message)}`;
  if (code) return `DynamoDB cannot be reached: ${firstLine(message) || code}`;
  return String(error.stack);
}

const firstLine = (text: string) => text.split("\n")[0] ?? "";
