using System.Diagnostics;

namespace Coffer.Bench.Load;

/// <summary>Several workers, each on a thread of its own, that begin the next operation when one has ended.</summary>
internal static class ClosedLoop
{
    /// <param name="workers">
    /// Makes a worker's operation; it throws <see cref="InvalidRunException"/> or <see cref="IOException"/> when it does not succeed.
    /// </param>
    /// <param name="pause">When given, operations of a worker begin this far apart.</param>
    /// <exception cref="InvalidRunException">An operation failed.</exception>
    public static LoadResult Run(int workers, TimeSpan duration, Func<int, Action> makeOperation, TimeSpan? pause = null)
    {
        Exception? failure = null;
        var latencies = new List<long>[workers];
        long start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, workers).Select(index => new Thread(() => Work(index))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        return failure is null
            ? LoadResult.Of([.. latencies.SelectMany(list => list)], elapsed)
            : throw new InvalidRunException($"an operation failed: {failure.Message}");

        void Work(int index)
        {
            List<long> mine = latencies[index] = [];
            try
            {
                Action operation = makeOperation(index);
                while (Stopwatch.GetElapsedTime(start) < duration && failure is null)
                {
                    long began = Stopwatch.GetTimestamp();
                    operation();
                    mine.Add(Stopwatch.GetTimestamp() - began);
                    if (pause is { } gap && gap - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest)
                    {
                        Thread.Sleep(rest);
                    }
                }
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }
    }
}
