using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Coffer.ConformanceTests.Upkeep;

/// <summary>Keeps what is logged as an error.</summary>
internal sealed class LogLines
{
    private readonly ConcurrentQueue<string> _errors = new();

    public IReadOnlyCollection<string> Errors => _errors;

    public ILogger<T> For<T>() => new Lines<T>(_errors);

    private sealed class Lines<T>(ConcurrentQueue<string> errors) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                errors.Enqueue(formatter(state, exception));
            }
        }
    }
}
