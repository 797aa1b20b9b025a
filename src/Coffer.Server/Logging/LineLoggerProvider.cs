using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Coffer.Server.Logging;

/// <summary>Brings <see cref="ILogger"/> messages to the same sink as the request lines, in the same form.</summary>
internal sealed class LineLoggerProvider(LogSink sink, bool asText) : ILoggerProvider
{
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";
    private const int HostFailedToStart = 11;
    private readonly ConcurrentDictionary<string, LineLogger> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (category, provider) => new LineLogger(provider.Sink, provider.AsText, category), this);

    public void Dispose() => sink.Flush();

    private LogSink Sink => sink;

    private bool AsText => asText;

    private sealed class LineLogger(LogSink sink, bool asText, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (category == HostCategory && eventId.Id == HostFailedToStart)
            {
                return; // a stack trace before the line that says what to do: whoever starts the host gets the exception
            }

            LineBuffer line = LineBuffer.Rent();
            if (asText)
            {
                string text = string.Create(
                    CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss} {LevelName(logLevel)}: {formatter(state, exception)}");
                Encoding.UTF8.GetBytes(exception is null ? text : $"{text}\n{exception}", line.Bytes);
            }
            else
            {
                WriteJson(line.Json, logLevel, eventId, state, exception, formatter(state, exception));
            }

            sink.Write(line.End());
            if (logLevel >= LogLevel.Critical)
            {
                sink.Flush();
            }
        }

        private void WriteJson<TState>(
            Utf8JsonWriter json, LogLevel level, EventId eventId, TState state, Exception? exception, string message)
        {
            json.WriteStartObject();
            json.WriteString("time"u8, DateTime.UtcNow);
            json.WriteString("event"u8, "message"u8);
            json.WriteString("level"u8, LevelName(level));
            json.WriteString("source"u8, category);
            json.WriteNumber("event_id"u8, eventId.Id);
            json.WriteString("message"u8, message);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 1 } values)
            {
                json.WriteStartObject("values"u8);
                foreach (var (name, value) in values)
                {
                    if (name != "{OriginalFormat}")
                    {
                        json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    }
                }

                json.WriteEndObject();
            }

            if (exception is not null)
            {
                json.WriteString("exception"u8, exception.ToString());
            }

            json.WriteEndObject();
        }

        private static string LevelName(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };
    }
}
