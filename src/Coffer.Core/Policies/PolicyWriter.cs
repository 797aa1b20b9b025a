using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coffer.Policies;

/// <summary>Writes policies in one form: the same rule gives the same text, however it was spelled.</summary>
public static class PolicyWriter
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (PolicyVerbs Verb, string Word)[] Words =
    [
        (PolicyVerbs.Select, "select"), (PolicyVerbs.Insert, "insert"), (PolicyVerbs.Update, "update"), (PolicyVerbs.Delete, "delete"),
    ];

    public static string ToJson(this Policy policy) => Text(json => json.WritePolicy(policy));

    public static void WritePolicy(this Utf8JsonWriter json, Policy policy)
    {
        json.WriteStartObject();
        json.WriteString("table"u8, policy.Table is PolicyTable.Objects ? "objects" : "buckets");
        json.WriteString("name"u8, policy.Name);
        json.WriteString("effect"u8, policy.Effect is PolicyEffect.Allow ? "allow" : "restrict");
        json.WriteVerbs("operations"u8, policy.Operations);
        if (policy.Roles is { } roles)
        {
            json.WriteStartArray("roles"u8);
            foreach (string role in roles)
            {
                json.WriteStringValue(role);
            }

            json.WriteEndArray();
        }

        json.WritePropertyName("bucket"u8);
        WriteOneOrMore(json, policy.Buckets ?? ["*"]);
        if (policy.When is { } when)
        {
            json.WritePropertyName("when"u8);
            json.WriteCondition(when);
        }

        if (policy.Check is { } check)
        {
            json.WritePropertyName("check"u8);
            json.WriteCondition(check);
        }

        json.WriteEndObject();
    }

    internal static void WriteVerbs(this Utf8JsonWriter json, ReadOnlySpan<byte> member, PolicyVerbs verbs)
    {
        json.WriteStartArray(member);
        foreach (string word in WordsOf(verbs))
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    internal static IEnumerable<string> WordsOf(PolicyVerbs verbs) =>
        Words.Where(pair => verbs.HasFlag(pair.Verb)).Select(static pair => pair.Word);

    internal static void WriteCondition(this Utf8JsonWriter json, Condition condition)
    {
        json.WriteStartObject();
        switch (condition)
        {
            case AllOf all:
                WriteParts("all"u8, all.Parts);
                break;
            case AnyOf any:
                WriteParts("any"u8, any.Parts);
                break;
            case Not not:
                json.WritePropertyName("not"u8);
                json.WriteCondition(not.Part);
                break;
            case Term { Fact.Kind: FactKind.Folder } term:
                json.WriteNumber("folder"u8, term.Fact.Index);
                WriteOperator(json, term);
                break;
            case Term term:
                json.WriteStartObject(term.Fact.ToString());
                WriteOperator(json, term);
                json.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException("only conditions that were read are written");
        }

        json.WriteEndObject();

        void WriteParts(ReadOnlySpan<byte> member, IReadOnlyList<Condition> parts)
        {
            json.WriteStartArray(member);
            foreach (Condition part in parts)
            {
                json.WriteCondition(part);
            }

            json.WriteEndArray();
        }
    }

    internal static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteOneOrMore(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        if (texts is [{ } only])
        {
            json.WriteStringValue(only);
            return;
        }

        json.WriteStartArray();
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteOperator(Utf8JsonWriter json, Term term)
    {
        json.WritePropertyName(term.Operator.ToString().ToLowerInvariant());
        switch (term.Operator)
        {
            case TermOperator.Exists:
                json.WriteBooleanValue(term.Exists);
                break;
            case TermOperator.Glob:
                json.WriteStringValue(term.Operands[0].Raw);
                break;
            case TermOperator.In when term.Operands is not [{ Variable: not null }]:
                json.WriteStartArray();
                foreach (Operand operand in term.Operands)
                {
                    operand.Write(json);
                }

                json.WriteEndArray();
                break;
            default:
                term.Operands[0].Write(json);
                break;
        }
    }
}
