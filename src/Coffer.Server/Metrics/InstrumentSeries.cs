using System.Diagnostics.Metrics;
using System.Globalization;

namespace Coffer.Server.Metrics;

/// <summary>The values of one instrument, one for each set of tags. Recording to a known set takes no lock.</summary>
internal sealed class InstrumentSeries
{
    private enum Kind
    {
        Counter,
        Gauge,
        Histogram,
    }

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly string? _help;
    private readonly Kind _kind;
    private readonly bool _replaces;
    private readonly bool _isObservable;
    private readonly double[] _bounds;
    private Series[] _series = [];

    public InstrumentSeries(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        _isObservable = instrument.IsObservable;
        _kind = type.StartsWith("Histogram", StringComparison.Ordinal) ? Kind.Histogram
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal)
                ? Kind.Counter
            : Kind.Gauge;
        // Observable instruments and gauges report the value itself, the others what came on top.
        _replaces = _isObservable || type.StartsWith("Gauge", StringComparison.Ordinal);
        _bounds = instrument.Name.EndsWith("seconds", StringComparison.Ordinal) ? Histogram.Seconds : Histogram.Amounts;
        _name = PrometheusText.NameOf(instrument.Name) + (_kind == Kind.Counter ? "_total" : "");
        _help = instrument.Description;
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Series series = Find(Volatile.Read(ref _series), tags) ?? Add(tags);
        if (series.Histogram is { } histogram)
        {
            histogram.Record(value);
        }
        else if (_replaces)
        {
            series.Value.Set(value);
            series.Observed = true;
        }
        else
        {
            series.Value.Add(value);
        }
    }

    /// <summary>A set of tags that the next observation does not report is gone.</summary>
    public void ForgetObserved()
    {
        if (_isObservable)
        {
            foreach (Series series in Volatile.Read(ref _series))
            {
                series.Observed = false;
            }
        }
    }

    public void Write(PrometheusText text)
    {
        Series[] all = Volatile.Read(ref _series);
        if (all.Length == 0 && _kind != Kind.Histogram && !_isObservable)
        {
            // A counter that has not moved is 0, which alerts can build on.
            all = [new Series([], null)];
        }

        text.Family(_name, _kind switch { Kind.Counter => "counter", Kind.Histogram => "histogram", _ => "gauge" }, _help);
        foreach (Series series in all)
        {
            if (series.Histogram is { } histogram)
            {
                histogram.Write(text, _name, series.Labels);
            }
            else if (!_isObservable || series.Observed)
            {
                text.Sample(_name, series.Labels, series.Value.Value);
            }
        }
    }

    private static Series? Find(Series[] all, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (Series series in all)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }

    private Series Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            if (Find(_series, tags) is { } present)
            {
                return present;
            }

            var added = new Series(tags.ToArray(), _kind == Kind.Histogram ? new Histogram(_bounds) : null);
            Volatile.Write(ref _series, [.. _series, added]);
            return added;
        }
    }

    private sealed class Series(KeyValuePair<string, object?>[] tags, Histogram? histogram)
    {
        public Number Value;

        public Histogram? Histogram => histogram;

        public bool Observed { get; set; }

        public string Labels { get; } = string.Join(',', tags.Select(static tag => PrometheusText.Label(
            tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")));

        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (others.Length != tags.Length)
            {
                return false;
            }

            for (int i = 0; i < tags.Length; i++)
            {
                if (others[i].Key != tags[i].Key || !Equals(others[i].Value, tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
