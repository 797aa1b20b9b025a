using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Coffer.Server.Metrics;

/// <summary>Collects what meters named <c>Coffer</c> or <c>Coffer.…</c> publish, whichever engine owns them.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    /// <param name="scope">Meters made for another server in this process (another scope) are left out.</param>
    public EngineMetrics(object scope, ILogger logger)
    {
        _logger = logger;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            bool ours = instrument.Meter.Name == "Coffer" || instrument.Meter.Name.StartsWith("Coffer.", StringComparison.Ordinal);
            if (ours && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, scope)))
            {
                listener.EnableMeasurementEvents(instrument, SeriesOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    public void Write(PrometheusText text)
    {
        lock (_gate)
        {
            foreach (InstrumentSeries series in _instruments.Values)
            {
                series.ForgetObserved();
            }
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            Log.MetricFailed(_logger, e); // the other instruments have been observed all the same
        }

        lock (_gate)
        {
            foreach (InstrumentSeries series in _instruments.Values)
            {
                series.Write(text);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Instruments of one name, say of two engines of a kind, share one family.</summary>
    private InstrumentSeries SeriesOf(Instrument instrument)
    {
        lock (_gate)
        {
            if (!_instruments.TryGetValue(instrument.Name, out InstrumentSeries? series))
            {
                series = new InstrumentSeries(instrument);
                _instruments.Add(instrument.Name, series);
            }

            return series;
        }
    }

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSeries)state!).Record(value, tags);
}
