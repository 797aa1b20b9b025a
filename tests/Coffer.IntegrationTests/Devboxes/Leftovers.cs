using System.Diagnostics;
using System.Globalization;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>What devboxes leave on the machine: folders, extracted trees, mounts, processes.</summary>
internal static class Leftovers
{
    /// <summary>Fails unless soon nothing is there but what these devboxes have.</summary>
    /// <param name="sharedTrees">How many extracted archives they share.</param>
    public static async Task ExpectNoneButAsync(CofferProcess server, IEnumerable<string> devboxes, int sharedTrees = 0)
    {
        string[] expected = [.. devboxes.Order(StringComparer.Ordinal), $"{sharedTrees} shared"];
        string[] found = Find(server);
        for (var watch = Stopwatch.StartNew(); !found.SequenceEqual(expected); found = Find(server))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                Assert.Fail($"expected {string.Join(' ', expected)}, but {string.Join(' ', found)} are left: {string.Join(' ', Directory.GetFileSystemEntries(Path.Combine(server.Data, "devboxes/shared")))}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.All(MountPoints(server), point => Assert.Contains(point.Split('/')[0], expected));
    }

    /// <summary>What is mounted in devboxes, from the folder of them all.</summary>
    public static string[] MountPoints(CofferProcess server)
    {
        string folder = Path.Combine(server.Data, "devboxes") + "/";
        return [.. from line in File.ReadLines("/proc/self/mountinfo")
                   let point = line.Split(' ')[4]
                   where point.StartsWith(folder, StringComparison.Ordinal)
                   select point[folder.Length..]];
    }

    /// <summary>What runs under any uid of a server's devboxes.</summary>
    public static int[] Processes(ServerSetup setup)
    {
        int[] range = [.. setup.Environment["COFFER_DEVBOX_UIDS"]!.Split('-').Select(uid => int.Parse(uid, CultureInfo.InvariantCulture))];
        return Boxes.ProcessesOf(uid => uid >= range[0] && uid <= range[1]);
    }

    private static string[] Find(CofferProcess server)
    {
        string folder = Path.Combine(server.Data, "devboxes"), shared = Path.Combine(folder, "shared");
        return
        [
            .. Directory.EnumerateFileSystemEntries(folder).Where(path => path != shared).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
            $"{(Directory.Exists(shared) ? Directory.EnumerateFileSystemEntries(shared).Count() : 0)} shared",
        ];
    }
}
