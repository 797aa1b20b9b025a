using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What an object holds: one of the six classes of the API, or, when creating, a MIME type.</summary>
/// <remarks>
/// A server answers only with the six classes. Coffer takes a MIME type such as <c>text/csv</c> on create, stores it as
/// <see cref="ObjectView.MimeType"/> and derives the class; other services may refuse it. A word that this version does not
/// know is kept as it came. Source: Objects API, <c>content_type</c>.
/// </remarks>
[JsonConverter(typeof(WireWordConverter<ObjectContentType>))]
public readonly record struct ObjectContentType : IWireWord<ObjectContentType>
{
    private readonly string? _value;

    /// <summary>Takes a class word or a MIME type.</summary>
    /// <param name="value">For example <c>text</c> or <c>text/csv</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public ObjectContentType(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Not said. A mount decides by the object's name.</summary>
    public static ObjectContentType Unspecified { get; } = new("unspecified");

    /// <summary>Text in UTF-8.</summary>
    public static ObjectContentType Text { get; } = new("text");

    /// <summary>Bytes without further meaning.</summary>
    public static ObjectContentType Binary { get; } = new("binary");

    /// <summary>One gzip-compressed file.</summary>
    public static ObjectContentType Gzip { get; } = new("gzip");

    /// <summary>A tar archive.</summary>
    public static ObjectContentType Tar { get; } = new("tar");

    /// <summary>A gzip-compressed tar archive.</summary>
    public static ObjectContentType Tgz { get; } = new("tgz");

    /// <summary>The word of the wire; <c>unspecified</c> for the default value.</summary>
    public string Value => _value ?? "unspecified";

    /// <summary>The class that a file name's ending stands for, as uploads from files use it.</summary>
    /// <param name="path">A file name or path; only its ending counts, in any case. The file need not exist.</param>
    /// <returns>
    /// <see cref="Tgz"/> for .tar.gz and .tgz, <see cref="Gzip"/> for .gz, <see cref="Tar"/> for .tar, <see cref="Text"/> for
    /// .txt, .html, .css, .js, .json, .xml, .yaml, .yml, .md and .csv, else <see cref="Unspecified"/>.
    /// </returns>
    public static ObjectContentType FromPath(string path) => FileEndings.ContentTypeOf(path);

    /// <summary>The MIME type that a file name's ending stands for, for servers that take one on create.</summary>
    /// <param name="path">A file name or path; only its ending counts, in any case. The file need not exist.</param>
    /// <returns>For example <c>text/csv</c>; <see cref="Unspecified"/> for an ending that is not known.</returns>
    public static ObjectContentType MimeFromPath(string path) => FileEndings.MimeTypeOf(path);

    /// <summary>Lets a word or MIME type stand where a content type is asked for.</summary>
    /// <param name="value">A class word or MIME type.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static implicit operator ObjectContentType(string value) => FromString(value);

    /// <summary>The named form of the conversion from text.</summary>
    /// <param name="value">A class word or MIME type.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static ObjectContentType FromString(string value) => new(value);

    static ObjectContentType IWireWord<ObjectContentType>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>Equal when the words are; the default value equals <see cref="Unspecified"/>.</summary>
    /// <param name="other">The other content type.</param>
    public bool Equals(ObjectContentType other) => Value == other.Value;

    /// <summary>A hash that agrees with <see cref="Equals(ObjectContentType)"/>.</summary>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
