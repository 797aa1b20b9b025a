using System.Text.Json;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>An explanation of a decision for people: what happened, what each rule said, what would help.</summary>
internal static class ExplanationLines
{
    public static IEnumerable<(string Name, string? Value)> Of(PolicyExplanation told)
    {
        yield return ("Allowed", told.Allowed ? "yes" : "no");
        yield return ("Because", told.Reason);
        yield return ("Operation", $"{(told.Operation.Length > 0 ? told.Operation : "-")} ({string.Join(", ", told.Verbs)})");
        yield return ("Caller", $"{told.Caller?.Role ?? "-"}{(told.Caller?.Subject is { } subject ? $", user {subject}" : ", no user")}");
        yield return ("Object", told.Key is null ? told.Bucket : $"{told.Bucket}/{told.Key}");
        foreach (JsonElement verdict in told.Verdicts)
        {
            foreach (JsonElement rule in verdict.GetProperty("rules").EnumerateArray())
            {
                string name = rule.GetProperty("name").GetString()!;
                bool restricts = rule.GetProperty("effect").ValueEquals("restrict");
                yield return ($"{verdict.GetProperty("verb").GetString()}", $"{name}: {(rule.GetProperty("matched").GetBoolean() ? "matches" : Failed(rule, restricts))}");
            }

            if (verdict.TryGetProperty("cut", out JsonElement cut) && cut.ValueKind is JsonValueKind.True)
            {
                yield return ($"{verdict.GetProperty("verb").GetString()}", "(more, which is left out here)");
            }
        }

        foreach (JsonElement policy in told.Suggested)
        {
            yield return ("Would help", policy.GetRawText());
        }
    }

    private static string Failed(JsonElement rule, bool restricts)
    {
        IEnumerable<string> terms = rule.GetProperty("failed").EnumerateArray().Select(static term =>
        {
            string? value = term.GetProperty("value").GetString();
            string expected = term.TryGetProperty("expected", out JsonElement wanted) ? $", wanted {wanted.GetString()}" : "";
            return $"{term.GetProperty("term").GetRawText()} fails: {term.GetProperty("fact").GetString()} is {(value is null ? "missing" : $"'{value}'")}{expected}";
        });
        return $"{(restricts ? "restricts; " : "")}{string.Join("; ", terms)}";
    }
}
