using System.Globalization;

namespace Coffer.Policies;

internal enum TermOperator
{
    Eq,
    Ne,
    In,
    Glob,
    Exists,
    Lt,
    Le,
    Gt,
    Ge,
}

/// <summary>One fact compared. Of a fact with several values, one that matches is enough; for <c>ne</c> none may be equal.</summary>
/// <param name="Operands">One; of <c>in</c> any number; of <c>exists</c> none.</param>
/// <param name="Exists">What <c>exists</c> asks for.</param>
internal sealed record Term(Fact Fact, TermOperator Operator, IReadOnlyList<Operand> Operands, bool Exists = true) : Condition
{
    /// <summary>The pattern of a glob, which holds no variable; parsed once, for a list asks it of every row.</summary>
    private readonly Glob? _glob = Operator is TermOperator.Glob ? new Glob(Bare(Fact, Operands[0].Raw)) : null;

    /// <summary>What the caller's variables stand for, where they were settled.</summary>
    private FactValue[]? Resolved { get; init; }

    internal override IEnumerable<Term> Terms => [this];

    internal override KeyPrefixes Prefixes => (Fact, Operator) switch
    {
        (_, TermOperator.Eq or TermOperator.In) when Operands.Any(static operand => operand.IsNumber) =>
            KeyPrefixes.Any, // 05 equals 5, and begins otherwise
        ({ Kind: FactKind.Name }, TermOperator.Eq or TermOperator.In) => PrefixesOf(static name => name),
        ({ Kind: FactKind.Name or FactKind.FolderName } or { Kind: FactKind.Folder, Index: 1 }, TermOperator.Glob) => PrefixesOf(Glob.Beginning),
        ({ Kind: FactKind.Folder, Index: 1 }, TermOperator.Eq or TermOperator.In) =>
            PrefixesOf(static folder => folder.Contains('/', StringComparison.Ordinal) ? null : folder + "/"),
        ({ Kind: FactKind.FolderName }, TermOperator.Eq or TermOperator.In) =>
            PrefixesOf(static folders => folders.Length == 0 ? "" : folders + "/"),
        _ => KeyPrefixes.Any,
    };

    internal FactValue Value(CallerFacts caller, RowFacts row) => Fact.IsOfCaller ? caller.Value(Fact) : row.Value(Fact);

    internal override bool? Holds(CallerFacts caller, RowFacts row)
    {
        FactValue value = Value(caller, row);
        if (Operator is TermOperator.Exists)
        {
            return row.Row.IsMissing && Fact.IsOfContent ? null : value.IsMissing != Exists;
        }

        if (value.IsMissing)
        {
            return null;
        }

        bool? holds = false;
        for (int i = 0; i < Operands.Count && holds is not true; i++)
        {
            FactValue operand = Resolved?[i] ?? Operands[i].Resolve(caller);
            holds |= operand.IsMissing ? null : Compare(value, operand, Operands[i].IsNumber);
        }

        return holds;
    }

    internal override Condition Settle(CallerFacts caller)
    {
        if (Fact.IsOfCaller)
        {
            return new Settled(Holds(caller, NoRow));
        }

        FactValue[] resolved = [.. Operands.Select(operand => operand.Resolve(caller))];
        return Operator is not TermOperator.Exists && resolved.All(static value => value.IsMissing)
            ? new Settled(Answer: null) // of the empty list of in, too: nothing is in it
            : this with { Resolved = resolved };
    }

    private static readonly RowFacts NoRow = new(new PolicyRow { Bucket = "" });

    private bool? Compare(FactValue value, FactValue operand, bool isNumber)
    {
        switch (Operator)
        {
            case TermOperator.Eq or TermOperator.In:
                return value.Any(mine => operand.Any(theirs => AreEqual(mine, theirs, isNumber)));
            case TermOperator.Ne:
                return !value.Any(mine => operand.Any(theirs => AreEqual(mine, theirs, isNumber)));
            case TermOperator.Glob:
                return value.Any(mine => _glob!.IsMatch(Bare(mine)));
            default:
                return value.Text is null || operand.Text is null ? null : Order(value.Text, operand.Text, isNumber) switch
                {
                    null => null,
                    { } order => Operator switch
                    {
                        TermOperator.Lt => order < 0,
                        TermOperator.Le => order <= 0,
                        TermOperator.Gt => order > 0,
                        _ => order >= 0,
                    },
                };
        }
    }

    private bool AreEqual(string mine, string theirs, bool isNumber) =>
        isNumber ? Number(mine) is { } number && number == Number(theirs) : string.Equals(Bare(mine), Bare(theirs), StringComparison.Ordinal);

    /// <summary>Numbers by size, other texts by their characters; null where a number is asked for and there is none.</summary>
    private static int? Order(string mine, string theirs, bool isNumber) =>
        (Number(mine), Number(theirs)) is ({ } left, { } right) ? left.CompareTo(right)
        : isNumber ? null
        : string.CompareOrdinal(mine, theirs);

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private string Bare(string text) => Bare(Fact, text);

    private static string Bare(Fact fact, string text) => fact.Kind is FactKind.Operation ? CallerFacts.Bare(text) : text;

    private KeyPrefixes PrefixesOf(Func<string, string?> prefixOf)
    {
        var prefixes = new List<string>();
        foreach (FactValue operand in Resolved ?? [.. Operands.Select(static operand => operand.Resolve(NoCaller))])
        {
            foreach (string text in operand.Texts ?? (operand.Text is null ? [] : [operand.Text]))
            {
                if (prefixOf(text) is { } prefix)
                {
                    prefixes.Add(prefix);
                }
            }
        }

        return KeyPrefixes.Of(prefixes);
    }

    private static readonly CallerFacts NoCaller = new(Access.Caller.Nobody);
}
