namespace Coffer.Bench.Machine;

/// <summary>The disk under the data: what it is, and what of it is in memory.</summary>
internal static class Disk
{
    private static readonly string[] Unreal = ["tmpfs", "ramfs", "overlay", "devtmpfs", "9p", "fuse"];

    /// <summary>The type of the file system that holds a folder.</summary>
    public static string TypeOf(string folder)
    {
        string path = Path.GetFullPath(folder);
        string best = "", type = "";
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] halves = line.Split(" - ", 2);
            string mount = halves[0].Split(' ')[4];
            bool holds = mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal);
            if (holds && mount.Length >= best.Length)
            {
                (best, type) = (mount, halves[1].Split(' ')[0]);
            }
        }

        return type;
    }

    /// <exception cref="InvalidRunException">The folder is not on a disk.</exception>
    public static void RequireReal(string folder)
    {
        string type = TypeOf(folder);
        if (Unreal.Any(bad => type.StartsWith(bad, StringComparison.Ordinal)))
        {
            throw new InvalidRunException($"{folder} is on {type}, not on a disk; choose another folder with COFFER_BENCH_DATA");
        }
    }

    /// <summary>Drops the files below a folder from the page cache, so that another folder has the memory.</summary>
    public static void Forget(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Libc.DropFromCache(file);
        }
    }

    /// <summary>Reads the files below a folder once, so that the page cache holds them.</summary>
    public static void Load(string folder)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file);
            for (long offset = 0; ;)
            {
                int read = RandomAccess.Read(handle, buffer, offset);
                if (read == 0)
                {
                    break;
                }

                offset += read;
            }
        }
    }
}
