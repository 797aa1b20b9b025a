using System.Text;
using System.Text.Json;

namespace Coffer.Cli.Output;

/// <summary>Results on stdout: aligned for people at a terminal, bare ids when piped or quiet, JSON when asked for.</summary>
internal sealed class ResultOutput(bool asJson, bool quiet) : IDisposable
{
    private readonly StreamWriter _text = new(new StandardOutput(), new UTF8Encoding(false), 16 * 1024) { AutoFlush = false };

    public bool IsJson => asJson;

    /// <summary>Whether someone reads along, so that tables and progress make sense.</summary>
    public bool IsForPeople { get; } = !asJson && !quiet && !Console.IsOutputRedirected;

    /// <summary>Whether progress can be drawn: on a terminal, whose other lines are ours too.</summary>
    public bool CanDraw => IsForPeople && !Console.IsErrorRedirected;

    /// <summary>The bytes of stdout, for an object's own.</summary>
    public StandardOutput Bytes => (StandardOutput)_text.BaseStream;

    /// <summary>Several results, printed as they come. In JSON they are one array.</summary>
    public ResultList<T> List<T>(Shape<T> shape) => new(this, shape);

    /// <summary>One result whose fields people read one below the other.</summary>
    /// <param name="bare">What a pipe gets; null for the fields, as people see them.</param>
    public void One(string? bare, IEnumerable<(string Name, string? Value)> fields, Action<Utf8JsonWriter> json)
    {
        if (asJson)
        {
            Line(Json(json));
        }
        else if (bare is not null && !IsForPeople)
        {
            Line(bare);
        }
        else
        {
            foreach ((string name, string? value) in fields)
            {
                Line($"{name,-13} {Text.Printable(value ?? "-")}");
            }
        }
    }

    public void Line(string text)
    {
        _text.Write(text);
        _text.Write('\n');
    }

    public void Write(string text) => _text.Write(text);

    /// <summary>Shows a text at once.</summary>
    public void WriteNow(string text)
    {
        Write(text);
        Flush();
    }

    public void Flush()
    {
        _text.Flush();
        Bytes.ThrowIfFailed();
    }

    public void Dispose()
    {
        try
        {
            _text.Dispose();
        }
        catch (Exception e) when (e is ClosedPipeException or OutputFailedException)
        {
            // Known by now: whatever was written last said so, or something else ended the run.
        }
    }

    public static string Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonShapes.Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
