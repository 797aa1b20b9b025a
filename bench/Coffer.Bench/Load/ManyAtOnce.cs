namespace Coffer.Bench.Load;

/// <summary>Does something very often, so many at once that the catalog's transactions are full.</summary>
internal static class ManyAtOnce
{
    private const int AtOnce = 1024;

    /// <param name="make">Gets each number below <paramref name="count"/>, about in their order.</param>
    public static List<T> Run<T>(int count, Func<int, Task<T>> make)
    {
        int next = -1;
        return [.. Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(WorkAsync))).GetAwaiter().GetResult().SelectMany(made => made)];

        async Task<List<T>> WorkAsync()
        {
            List<T> mine = [];
            int index;
            while ((index = Interlocked.Increment(ref next)) < count)
            {
                mine.Add(await make(index));
            }

            return mine;
        }
    }
}
