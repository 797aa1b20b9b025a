using Coffer.Client;

namespace Coffer.ClientTests.Child;

/// <summary>
/// Uploads and downloads much, then prints how much was allocated and how far the private memory rose, in bytes.
/// </summary>
internal static class Moving
{
    public static async Task<int> RunAsync(CofferClient client, bool isAsync, long size)
    {
        StorageObject warm = await client.StorageObjects.UploadFromTextAsync("warm", "up");
        await warm.DownloadAsBytesAsync();
        long allocated = GC.GetTotalAllocatedBytes();
        long before = PeakResidentBytes();

        using var content = new GeneratedStream(size);
        using var sink = new CountingSink();
        if (isAsync)
        {
            await client.StorageObjects.UploadFromStreamAsync(content, "big", ObjectContentType.Binary);
            await client.StorageObjects.FromId("obj_big").DownloadToAsync(sink);
        }
        else
        {
            client.StorageObjects.UploadFromStream(content, "big", ObjectContentType.Binary);
            client.StorageObjects.FromId("obj_big").DownloadTo(sink);
        }

        Console.WriteLine($"{sink.Length} {GC.GetTotalAllocatedBytes() - allocated} {PeakResidentBytes() - before}");
        return 0;
    }

    // VmHWM: the peak of the resident memory, in kB.
    private static long PeakResidentBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
}
