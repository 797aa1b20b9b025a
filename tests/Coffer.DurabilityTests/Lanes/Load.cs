namespace Coffer.DurabilityTests.Lanes;

/// <summary>Clients that create, upload, upload again, rename, complete and delete, each in an order of its own.</summary>
internal sealed class Load(Ledger ledger, int seed)
{
    private static readonly int[] Sizes = [1, 100, 4_096, 20_000, 65_535, 65_536, 65_537, 200_000, 262_144];
    private static readonly int[] LargeSizes = [1 << 20, 3 << 20];

    /// <summary>Whether some contents are of one and of three MiB.</summary>
    public bool WithLarge { get; init; } = true;

    public int Writers { get; init; } = 6;

    /// <summary>Runs until no answer comes any more or it is told to end.</summary>
    public Task RunAsync(Client client, CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, new Random(seed + writer), end)));

    private async Task WriteAsync(Client client, Random random, CancellationToken end)
    {
        await Task.Yield();
        while (!end.IsCancellationRequested)
        {
            TrackedObject it = ledger.New();
            foreach (Func<Task<Outcome>> request in Life(client, it, random))
            {
                if (end.IsCancellationRequested) break;
                if (await request() != Outcome.Acknowledged) return;
            }
        }
    }

    private IEnumerable<Func<Task<Outcome>>> Life(Client client, TrackedObject it, Random random)
    {
        yield return () => client.CreateAsync(it);
        int uploads = random.Next(10) switch { 0 => 0, < 8 => 1, _ => 2 };
        for (int i = 0; i < uploads; i++)
        {
            Content content = Some(random);
            bool isChunked = random.Next(3) == 0;
            yield return () => client.UploadAsync(it, content, isChunked);
        }

        if (random.Next(4) == 0) yield return () => client.RenameAsync(it, it.Name + "-renamed");
        if (uploads > 0 && random.Next(5) > 0) yield return () => client.CompleteAsync(it);
        if (random.Next(4) == 0) yield return () => client.DeleteAsync(it);
    }

    private Content Some(Random random)
    {
        int[] sizes = WithLarge && random.Next(12) == 0 ? LargeSizes : Sizes;
        return new Content(sizes[random.Next(sizes.Length)], random.Next());
    }
}
