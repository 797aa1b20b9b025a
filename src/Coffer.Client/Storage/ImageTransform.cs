using System.Globalization;
using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>How an image is to be rendered. Servers that do not render refuse it with <c>FeatureNotEnabled</c>.</summary>
/// <remarks>Source: Storage API, image rendering. An empty transform is none.</remarks>
public sealed record ImageTransform
{
    /// <summary>The width in pixels; null for what the height gives.</summary>
    public int? Width { get; init; }

    /// <summary>The height in pixels; null for what the width gives.</summary>
    public int? Height { get; init; }

    /// <summary><c>cover</c>, <c>contain</c> or <c>fill</c>; the server's <c>cover</c> when null.</summary>
    public string? Resize { get; init; }

    /// <summary><c>origin</c>, <c>avif</c> or <c>webp</c>; what the reader takes when null.</summary>
    public string? Format { get; init; }

    /// <summary>From 20 to 100; the server's 80 when null.</summary>
    public int? Quality { get; init; }

    internal bool IsEmpty => this is { Width: null, Height: null, Resize: null, Format: null, Quality: null };

    /// <summary>The members in the order of the published JavaScript client.</summary>
    internal (string Name, string? Value)[] Members() =>
    [
        ("width", Text(Width)), ("height", Text(Height)), ("resize", Resize), ("format", Format), ("quality", Text(Quality)),
    ];

    internal JsonObject ToJson()
    {
        JsonObject body = [];
        Add("width", Width);
        Add("height", Height);
        Add("resize", Resize);
        Add("format", Format);
        Add("quality", Quality);
        return body;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                body[name] = value;
            }
        }
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
