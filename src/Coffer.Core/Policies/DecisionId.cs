namespace Coffer.Policies;

/// <summary>Names one refusal, unguessably: <c>dec_</c> and 26 characters of Crockford's base32 for 128 random bits.</summary>
public static class DecisionId
{
    private const string Prefix = "dec_";

    public static UInt128 New() => Bits128.Random();

    public static string TextOf(UInt128 id) => Bits128.TextOf(Prefix, id);

    public static bool TryParse(string? text, out UInt128 id) => Bits128.TryParse(Prefix, text, out id);
}
