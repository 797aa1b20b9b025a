using System.Text.Json;
using Coffer.Access;

namespace Coffer.Policies;

/// <summary>
/// Why policies allowed a call or refused it: what each rule that could have spoken said, and the smallest rules that would allow
/// exactly this call. Holds no secret: no token, and no header that carries one. It is bounded: what many or long rules would add to it
/// is cut.
/// </summary>
public sealed class Explanation
{
    /// <summary>Most characters of <see cref="ToJson"/>.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxValueLength = 256;
    private const int VerdictBytes = 8 * 1024;
    private const int FactBytes = 2 * 1024;
    private const int SuggestedLength = 4 * 1024;
    private readonly Question _question;
    private readonly List<Verdict> _verdicts;
    private readonly CallerFacts _caller;

    /// <summary>Policies that, put in addition, allow this call and no other. One that has the name of a restricting policy takes its place.</summary>
    private readonly IReadOnlyList<Policy> _suggested;

    private Explanation(Question question, List<Verdict> verdicts, CallerFacts caller, string? name)
    {
        _question = question;
        _verdicts = verdicts;
        _caller = caller;
        IsAllowed = verdicts.All(static verdict => verdict.IsAllowed);
        _suggested = IsAllowed ? [] : SmallestRules.For(question, verdicts, name ?? "allow this call");
    }

    public bool IsAllowed { get; }

    /// <summary>Explains what a set of policies says.</summary>
    /// <param name="name">What the suggested rule is to be called.</param>
    public static Explanation Of(IReadOnlyList<Policy> policies, Question question, string? name = null)
    {
        var caller = new CallerFacts(question.Caller);
        var row = new RowFacts(question.Row);
        RowFacts changed = question.Changed is { } after ? new RowFacts(after) : row;
        List<Verdict> verdicts = [.. Demand.Of(question.Verbs, row, changed)
            .Select(demand => Verdict.Of(policies.Where(policy => policy.Table == question.Table), demand, caller))];
        return new Explanation(question, verdicts, caller, name);
    }

    /// <summary>Writes the members of its JSON object, without braces.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        Caller caller = _question.Caller;
        json.WriteBoolean("allowed"u8, IsAllowed);
        json.WriteString("reason"u8, Reason());
        json.WriteString("operation"u8, caller.Operation);
        json.WriteString("table"u8, TableName);
        json.WriteVerbs("verbs"u8, _question.Verbs);
        json.WriteStartObject("caller"u8);
        json.WriteString("role"u8, caller.Role);
        json.WriteString("subject"u8, caller.Subject);
        json.WriteString("key"u8, caller.Key?.ToString());
        json.WriteBoolean("signed_token"u8, caller.Claims is not null);
        json.WriteEndObject();
        json.WriteString("bucket"u8, _question.Row.Bucket);
        json.WriteString("key"u8, _question.Row.Key);
        if (_question.Changed is { } changed && (changed.Key != _question.Row.Key || changed.Bucket != _question.Row.Bucket))
        {
            json.WriteString("new_bucket"u8, changed.Bucket);
            json.WriteString("new_key"u8, changed.Key);
        }

        WriteFacts(json);
        json.WriteStartArray("verdicts"u8);
        foreach (Verdict verdict in _verdicts)
        {
            verdict.Write(json, new Room(json, VerdictBytes / _verdicts.Count)); // each its own: one alone may fill all of it
        }

        json.WriteEndArray();
        json.WriteStartArray("suggested"u8);
        foreach (Policy policy in Sendable())
        {
            json.WritePolicy(policy);
        }

        json.WriteEndArray();
    }

    /// <summary>At most <see cref="MaxLength"/> characters; of what would be longer the reason alone.</summary>
    public string ToJson() => Whole() is { Length: <= MaxLength } whole ? whole : PolicyWriter.Text(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("allowed"u8, IsAllowed);
        json.WriteString("reason"u8, Reason());
        json.WriteString("operation"u8, _question.Caller.Operation);
        json.WriteString("table"u8, TableName);
        json.WriteVerbs("verbs"u8, _question.Verbs);
        json.WriteStartObject("caller"u8);
        json.WriteString("role"u8, Short(_question.Caller.Role));
        json.WriteString("subject"u8, Short(_question.Caller.Subject));
        json.WriteString("key"u8, _question.Caller.Key?.ToString());
        json.WriteBoolean("signed_token"u8, _question.Caller.Claims is not null);
        json.WriteEndObject();
        json.WriteString("bucket"u8, _question.Row.Bucket);
        json.WriteString("key"u8, _question.Row.Key);
        json.WriteStartObject("facts"u8);
        json.WriteEndObject();
        json.WriteStartArray("verdicts"u8);
        json.WriteEndArray();
        json.WriteStartArray("suggested"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private string TableName => _question.Table is PolicyTable.Objects ? "objects" : "buckets";

    private string Whole() => PolicyWriter.Text(json =>
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    });

    internal static string? Short(string? text) => text is { Length: > MaxValueLength } ? text[..(MaxValueLength - 1)] + "…" : text;

    /// <summary>All that is suggested, for a part of it would not help; nothing when a rule that is to have an exception is too long.</summary>
    private IReadOnlyList<Policy> Sendable()
    {
        int left = SuggestedLength;
        foreach (Policy policy in _suggested)
        {
            left -= LengthOf(policy);
            if (left < 0)
            {
                return [];
            }
        }

        return _suggested;
    }

    /// <summary>Characters of its texts.</summary>
    private static int LengthOf(Policy policy) =>
        policy.Name.Length + (policy.Roles ?? []).Concat(policy.Buckets ?? []).Sum(static text => text.Length)
        + (policy.When?.Terms ?? []).Concat(policy.Check?.Terms ?? []).Sum(static term =>
            term.Fact.Path.Length + term.Operands.Sum(static operand => operand.Raw.Length));

    private string Reason()
    {
        if (IsAllowed)
        {
            string rules = string.Join(", ", _verdicts.Select(static verdict => verdict.AllowedBy?.Name).OfType<string>().Distinct());
            return $"allowed by: {rules}";
        }

        Verdict refused = _verdicts.First(static verdict => !verdict.IsAllowed);
        string verb = PolicyWriter.WordsOf(refused.Demand.Verb).First();
        string table = _question.Table is PolicyTable.Objects ? "objects of bucket" : "bucket";
        string call = $"{verb} on {table} '{refused.Demand.Row.Row.Bucket}'";
        return refused.ForbiddenBy is { } restricting ? $"the policy '{restricting.Name}' restricts {call}"
            : refused.Rules.Count == 0 ? $"no policy is about {call}"
            : $"no policy allows {call} for this call";
    }

    /// <summary>The row and the caller, as far as the rules could look at them.</summary>
    private void WriteFacts(Utf8JsonWriter json)
    {
        Fact[] always = _question.Table is PolicyTable.Objects
            ? [new(FactKind.Name), new(FactKind.BucketId), new(FactKind.OwnerId), new(FactKind.MimeType), new(FactKind.Size), new(FactKind.Role), new(FactKind.Uid), new(FactKind.Operation)]
            : [new(FactKind.Name), new(FactKind.OwnerId), new(FactKind.Role), new(FactKind.Uid), new(FactKind.Operation)];
        IEnumerable<Term> terms = _verdicts.SelectMany(static verdict => verdict.Rules).SelectMany(static rule => rule.Terms);
        IEnumerable<Fact> variables = terms.SelectMany(static term => term.Operands).Select(static operand => operand.Variable).OfType<Fact>();
        Fact[] seen = [.. always.Concat(terms.Select(static term => term.Fact)).Concat(variables).Distinct()];
        Write("facts"u8, seen, new RowFacts(_question.Row));
        if (_question.Changed is { } changed)
        {
            Write("new_facts"u8, [.. seen.Where(static fact => !fact.IsOfCaller)], new RowFacts(changed));
        }

        void Write(ReadOnlySpan<byte> member, IEnumerable<Fact> facts, RowFacts row)
        {
            var room = new Room(json, FactBytes);
            json.WriteStartObject(member);
            foreach (Fact fact in facts.TakeWhile(_ => room.IsLeft))
            {
                FactValue value = fact.IsOfCaller ? _caller.Value(fact) : row.Value(fact);
                json.WriteString(fact.ToString(), Short(value.ToString()));
            }

            json.WriteEndObject();
        }
    }
}
