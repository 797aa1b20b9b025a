using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What a key may do. A word that this version does not know is kept as it came.</summary>
[JsonConverter(typeof(WireWordConverter<KeyRight>))]
public readonly record struct KeyRight : IWireWord<KeyRight>
{
    private readonly string? _value;

    /// <summary>Takes the word of the wire.</summary>
    /// <param name="value">For example <c>service</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public KeyRight(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Everything in its account, and the admin API.</summary>
    public static KeyRight Service { get; } = new("service");

    /// <summary>What the account's rules allow a signed-in caller.</summary>
    public static KeyRight Authenticated { get; } = new("authenticated");

    /// <summary>What the account's rules allow anyone.</summary>
    public static KeyRight Anon { get; } = new("anon");

    /// <summary>The word of the wire; empty when the server left the right out.</summary>
    public string Value => _value ?? "";

    static KeyRight IWireWord<KeyRight>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
