using System.Text.Json;

namespace Coffer.Server.Bootstrap;

/// <summary>Finds the line of a JSON text on which a member stands, which a parsed document no longer tells.</summary>
internal static class JsonLines
{
    /// <param name="json">Well-formed, comments and trailing commas allowed.</param>
    /// <param name="where">Such as <c>accounts[0].name</c>; empty for the whole.</param>
    /// <returns>Counted from 1. For a member that is missing, the line on which that begins which should hold it.</returns>
    public static int LineOf(ReadOnlySpan<byte> json, string where)
    {
        long? start;
        while ((start = StartOf(json, where)) is null && where.Length > 0)
        {
            where = where[..Math.Max(0, where.LastIndexOfAny(['.', '[']))];
        }

        return json[..(int)(start ?? 0)].Count((byte)'\n') + 1;
    }

    private static long? StartOf(ReadOnlySpan<byte> json, string where)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        return Find(ref reader, "", where);
    }

    /// <summary>Looks through the value at which the reader stands, and leaves it at the value's end.</summary>
    private static long? Find(ref Utf8JsonReader reader, string here, string wanted)
    {
        if (here == wanted)
        {
            return reader.TokenStartIndex;
        }

        if (reader.TokenType is JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                long start = reader.TokenStartIndex;
                string name = NameAt(ref reader);
                string member = here.Length == 0 ? name : $"{here}.{name}";
                reader.Read();
                if (member == wanted)
                {
                    return start;
                }

                if (Find(ref reader, member, wanted) is { } found)
                {
                    return found;
                }
            }
        }
        else if (reader.TokenType is JsonTokenType.StartArray)
        {
            for (int index = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
            {
                if (Find(ref reader, $"{here}[{index}]", wanted) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static string NameAt(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return ""; // half of a character: nothing that is looked for
        }
    }
}
