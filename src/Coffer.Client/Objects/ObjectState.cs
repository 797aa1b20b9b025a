using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Where an object is in its life: UPLOADING, then READ_ONLY, and at last DELETED; or ERROR.</summary>
/// <remarks>
/// A word that this version of the package does not know is kept as it came and compares unequal to the known ones, so a
/// newer server breaks nothing. Source: Objects API, <c>state</c>.
/// </remarks>
[JsonConverter(typeof(WireWordConverter<ObjectState>))]
public readonly record struct ObjectState : IWireWord<ObjectState>
{
    private readonly string? _value;

    /// <summary>Takes the word of the wire, in its capital letters.</summary>
    /// <param name="value">For example <c>READ_ONLY</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public ObjectState(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Announced, and waiting for its bytes and for completion; the upload URL still works.</summary>
    public static ObjectState Uploading { get; } = new("UPLOADING");

    /// <summary>Complete: the bytes can be read and never change again.</summary>
    public static ObjectState ReadOnly { get; } = new("READ_ONLY");

    /// <summary>Gone, by a delete or by the end of its lifetime; only the view is left for a while.</summary>
    public static ObjectState Deleted { get; } = new("DELETED");

    /// <summary>The bytes could not be kept; delete the object and make a new one.</summary>
    public static ObjectState Error { get; } = new("ERROR");

    /// <summary>The word of the wire; empty when the server left the state out.</summary>
    public string Value => _value ?? "";

    static ObjectState IWireWord<ObjectState>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
