using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>The real server, as each lane needs it; not started yet.</summary>
internal static class Serve
{
    /// <summary>With its folder at <c>data</c> below this one, which may hold one already and stays.</summary>
    public static CofferProcess In(string folder) => CofferProcess.Make(new ServerSetup { Folder = folder });

    public static CofferProcess On(ShimmedDisk disk, bool journaled = true, bool continued = false) => CofferProcess.Make(new ServerSetup
    {
        Folder = disk.Root,
        Prepare = start => disk.Attach(start, journaled, continued),
    });

    /// <summary>Starts it; false when it ended before it answered.</summary>
    public static async Task<bool> TryStartAsync(this CofferProcess server)
    {
        try
        {
            await server.StartAgainAsync();
            return true;
        }
        catch (InvalidOperationException) when (server.HasEnded)
        {
            return false;
        }
    }
}
