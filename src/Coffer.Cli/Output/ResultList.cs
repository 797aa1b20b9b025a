using System.Text;

namespace Coffer.Cli.Output;

/// <summary>A list that is printed while it grows.</summary>
/// <remarks>
/// What was added is printed even when the rest fails: those objects exist. JSON is one array, one element a line; it is closed
/// in any case, and there is none at all when the very first step fails. The exit code says which.
/// </remarks>
internal sealed class ResultList<T>(ResultOutput output, Shape<T> shape) : IDisposable
{
    // Wide enough to align over, and few enough that a long listing shows while it is fetched.
    private const int RowsAtOnce = 500;

    private readonly List<string[]> _rows = [];
    private readonly int[] _widths = [.. shape.Columns.Select(static column => column.Length)];
    private bool _hasBegun;

    public void Add(T item)
    {
        if (output.IsJson)
        {
            output.Write(_hasBegun ? ",\n " : "[");
            output.Write(ResultOutput.Json(json => shape.Json(json, item)));
        }
        else if (output.IsForPeople)
        {
            AddRow(item);
        }
        else
        {
            output.Line(shape.Id(item));
        }

        _hasBegun = true;
    }

    /// <summary>Says that this is all, which also an empty list has to say.</summary>
    public void Complete()
    {
        if (output.IsJson && !_hasBegun)
        {
            output.Write("[");
            _hasBegun = true;
        }
    }

    public void Dispose()
    {
        try
        {
            if (output.IsJson && _hasBegun)
            {
                output.Line("]");
            }

            PrintRows();
            output.Flush();
        }
        catch (Exception e) when (e is ClosedPipeException or OutputFailedException)
        {
            // The run's own flush says it, and what ended the list before its end is not hidden by it.
        }
    }

    private void AddRow(T item)
    {
        if (!_hasBegun)
        {
            _rows.Add(shape.Columns);
        }

        string[] row = Array.ConvertAll(shape.Row(item), Text.Printable);
        for (int i = 0; i < row.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], row[i].Length);
        }

        _rows.Add(row);
        if (_rows.Count >= RowsAtOnce)
        {
            PrintRows();
            output.Flush();
        }
    }

    private void PrintRows()
    {
        foreach (string[] row in _rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length - 1; i++)
            {
                line.Append(row[i].PadRight(_widths[i] + 2));
            }

            output.Line(line.Append(row[^1]).ToString());
        }

        _rows.Clear();
    }
}
