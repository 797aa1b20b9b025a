using Coffer.DurabilityTests.Disk;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>Each kind of request, one after the other, so that the disk gets nearly the same operations in each run.</summary>
internal static class Scenario
{
    /// <summary>Creations, small, large and chunked uploads, a second upload, completions, a patch, deletions, a list.</summary>
    /// <param name="hasEnded">Whether the server has given up.</param>
    /// <param name="withHuge">
    /// With an upload for which room is taken ahead. It takes more writes than all the rest, so where these fail it is left out.
    /// </param>
    public static async Task RunAsync(Client client, Ledger ledger, Func<bool> hasEnded, bool withHuge = false)
    {
        TrackedObject small = ledger.New(), large = ledger.New(), gone = ledger.New(), goneLarge = ledger.New(), late = ledger.New();
        await DoAsync(small, () => client.CreateAsync(small));
        await DoAsync(small, () => client.UploadAsync(small, new Content(12_000, 1)));
        await DoAsync(large, () => client.CreateAsync(large));
        await DoAsync(large, () => client.UploadAsync(large, new Content(200_000, 2)));
        await DoAsync(large, () => client.UploadAsync(large, new Content(700_000, 3), isChunked: true));
        await DoAsync(gone, () => client.StoreAsync(gone, new Content(30_000, 4)));
        await DoAsync(small, () => client.CompleteAsync(small));
        await DoAsync(large, () => client.CompleteAsync(large));
        await DoAsync(goneLarge, () => client.StoreAsync(goneLarge, new Content(100_000, 5)));
        await DoAsync(small, () => client.RenameAsync(small, "renamed"));
        await DoAsync(gone, () => client.DeleteAsync(gone));
        await DoAsync(goneLarge, () => client.DeleteAsync(goneLarge));
        try
        {
            await client.Server.Api.GetAsync("/v1/objects").WaitAsync(client.Patience);
        }
        catch (HttpRequestException) when (client.MayBeRefused)
        {
        }

        await DoAsync(late, () => client.StoreAsync(late, new Content(150_000, 6)));
        if (!withHuge) return;

        TrackedObject huge = ledger.New();
        await DoAsync(huge, () => client.StoreAsync(huge, new Content(9_000_000, 7), isChunked: true));

        // What an object's earlier request left open is not built upon.
        async Task DoAsync(TrackedObject it, Func<Task<Outcome>> request)
        {
            bool isSettled = it.Steps.All(step => step.Outcome == Outcome.Acknowledged);
            if (isSettled && !hasEnded()) await request();
        }
    }
}
