using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/devboxes.md.</summary>
public static class Devboxes
{
    /// <summary>Expects archive.tar.gz, with file1.txt and file/file2.txt in it, in the current directory.</summary>
    public static async Task<string> MountArchive(CofferClient coffer)
    {
        #region Devboxes.MountArchive
        // Archive contents:
        // file1.txt
        // file/file2.txt

        StorageObject storageObject = await coffer.StorageObjects.UploadFromFileAsync(
            "./archive.tar.gz",
            name: "archive.tar.gz");

        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new()
        {
            Name = "devbox-with-archive-object",
            Mounts = [new ObjectMount(storageObject.Id, "/home/user/archive_dir")],
        });

        string file1Contents = await devbox.File.ReadAsync("/home/user/archive_dir/file1.txt");
        string file2Contents = await devbox.File.ReadAsync("/home/user/archive_dir/file/file2.txt");
        Console.WriteLine($"Archive contents: file1.txt: {file1Contents} file/file2.txt: {file2Contents}");
        #endregion
        return devbox.Id;
    }

    /// <summary>Expects the same archive.</summary>
    public static string MountArchiveBlocking(CofferClient coffer)
    {
        #region Devboxes.MountArchiveBlocking
        StorageObject storageObject = coffer.StorageObjects.UploadFromFile(
            "./archive.tar.gz",
            name: "archive.tar.gz");

        using Devbox devbox = coffer.Devboxes.Create(new()
        {
            Name = "devbox-with-archive-object",
            Mounts = [new ObjectMount(storageObject.Id, "/home/user/archive_dir")],
        });

        string file1Contents = devbox.File.Read("/home/user/archive_dir/file1.txt");
        string file2Contents = devbox.File.Read("/home/user/archive_dir/file/file2.txt");
        Console.WriteLine($"Archive contents: file1.txt: {file1Contents} file/file2.txt: {file2Contents}");
        #endregion
        return devbox.Id;
    }

    /// <summary>Expects data.bin in the current directory.</summary>
    public static async Task<string> Files(CofferClient coffer)
    {
        #region Devboxes.Files
        Devbox devbox = await coffer.Devboxes.CreateAsync(new()
        {
            Mounts = [new FileMount("/home/user/notes.txt", "to do")],
            Metadata = new Dictionary<string, string> { ["project"] = "maps" },
            KeepAlive = TimeSpan.FromHours(4),
        });

        await devbox.File.WriteAsync("notes.txt", await devbox.File.ReadAsync("notes.txt") + ": nothing");
        await devbox.File.UploadFileAsync("/data/in.bin", "data.bin");
        await devbox.File.DownloadToFileAsync("/data/in.bin", "copy.bin");
        byte[] bytes = await devbox.File.DownloadAsync("/data/in.bin");
        #endregion
        Console.WriteLine($"{bytes.Length} bytes");
        return devbox.Id;
    }

    /// <summary>Needs a server that runs commands.</summary>
    public static async Task Commands(CofferClient coffer)
    {
        #region Devboxes.Commands
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new()
        {
            EnvironmentVariables = new Dictionary<string, string> { ["NAME"] = "world" },
        });

        ExecutionResult result = await devbox.Cmd.ExecAsync("echo Hello, $NAME; exit 3");
        Console.Write($"{result.ExitCode}: {await result.StdoutAsync()}");

        await devbox.Cmd.ExecAsync("echo while it runs", new() { OnStdout = Console.Write, OnStderr = Console.Error.Write });

        Execution server = await devbox.Cmd.StartAsync("echo ready; sleep 1000");
        await foreach (string text in server.StreamStdoutAsync())
        {
            Console.Write(text);
            break;
        }

        await server.KillAsync();
        #endregion
    }

    public static async Task<int> Find(CofferClient coffer, string devboxId)
    {
        int running = 0;
        #region Devboxes.Find
        Devbox devbox = coffer.Devboxes.FromId(devboxId);
        DevboxView view = await devbox.RefreshAsync();
        Console.WriteLine($"{view.Name} is {view.Status}");

        await foreach (DevboxView found in coffer.Devboxes.ListAllAsync(new() { Status = DevboxStatus.Running }))
        {
            running++;
        }

        await devbox.ShutdownAsync();
        #endregion
        return running;
    }
}
