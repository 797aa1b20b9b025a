using System.Net;
using System.Net.Sockets;
using Coffer.Client;

namespace Coffer.ClientTests.Child;

/// <summary>Blocking calls while every thread of the thread pool is blocked for good.</summary>
internal static class Starved
{
    /// <param name="silence">A server that never answers about <c>obj_hang</c>; null when there is none.</param>
    /// <param name="work">What is to be done meanwhile.</param>
    public static int Run(CofferClient client, Uri? silence, Action<CofferClient> work)
    {
        const int Threads = 2;
        ThreadPool.SetMinThreads(Threads, Threads);
        if (!ThreadPool.SetMaxThreads(Threads, Threads))
        {
            return 3;
        }

        using var never = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(Threads);
        for (int i = 0; i < Threads * 4; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    blocked.Signal();
                    never.Wait();
                },
                null);
        }

        blocked.Wait();
        work(client);
        bool timesOut = silence is null || (TimesOut(silence) && TimesOutConnecting());

        // Still blocked: a work item that is queued now does not run.
        using var ran = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => ran.Set(), null);
        bool poolIsAlive = ran.Wait(TimeSpan.FromMilliseconds(300));
        Console.WriteLine(poolIsAlive ? "the pool was not exhausted" : timesOut ? "finished" : "no timeout");
        Environment.Exit(poolIsAlive || !timesOut ? 4 : 0);
        return 0;
    }

    // A listener with no place for one more connection drops what asks for it, as a firewall does. Linux alone limits that.
    private static bool TimesOutConnecting()
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        List<Socket> waiting = [];
        do
        {
            waiting.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
            try
            {
                waiting[^1].Connect(listener.LocalEndPoint!);
            }
            catch (SocketException underWay) when (underWay.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }
        while (waiting[^1].Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite));

        long started = Environment.TickCount64;
        bool timesOut = TimesOut(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        waiting.ForEach(socket => socket.Dispose());
        return timesOut && Environment.TickCount64 - started < 10_000;
    }

    // No timer fires without the pool either: the limit is the socket's.
    private static bool TimesOut(Uri url)
    {
        using var impatient = new CofferClient(new CofferClientOptions
        {
            BaseUrl = url, BearerToken = "key", Timeout = TimeSpan.FromSeconds(1), MaxRetries = 0,
        });
        try
        {
            impatient.Objects.Retrieve("obj_hang");
            return false;
        }
        catch (CofferTimeoutException)
        {
            return true;
        }
    }

    public static void WorkWithObjects(CofferClient client)
    {
        string directory = Directory.CreateTempSubdirectory("coffer-").FullName;
        File.WriteAllText(Path.Combine(directory, "a.txt"), "from a file");

        StorageObject one = client.StorageObjects.UploadFromText("text", "one");
        StorageObject two = client.StorageObjects.UploadFromFile(Path.Combine(directory, "a.txt"));
        client.StorageObjects.UploadFromBytes(new byte[3_000_000], "big", ObjectContentType.Binary);
        client.StorageObjects.UploadFromStream(new Unseekable(new MemoryStream(new byte[300_000])), "stream", ObjectContentType.Binary);
        client.StorageObjects.UploadFromDirectory(directory);
        client.StorageObjects.List();
        _ = client.Objects.ListAll().Count();
        one.DownloadAsText();
        two.DownloadToFile(Path.Combine(directory, "b.txt"));
        using (Stream read = two.OpenRead())
        {
            read.CopyTo(Stream.Null);
        }

        one.Refresh();
        one.Delete();
        Directory.Delete(directory, recursive: true);
    }

    // Every way in which the storage client does I/O: JSON, bytes up and down, pieces.
    public static void WorkWithFiles(CofferClient client)
    {
        StorageClient storage = client.Storage;
        storage.CreateBucket("starved");
        BucketFiles files = storage.From("starved");
        files.UploadText("a.txt", "text");
        files.Update("a.txt", new byte[3_000_000]);
        files.Upload("stream", new Unseekable(new MemoryStream(new byte[300_000])), new() { Upsert = true });
        files.UploadResumable(
            "pieces", new MemoryStream(new byte[300_000]), new() { ChunkSizeBytes = 100_000, ResumeStore = new MemoryResumeStore() });
        files.Download("a.txt");
        files.DownloadTo("a.txt", Stream.Null);
        files.Info("a.txt");
        _ = files.ListAll().Count();
        files.CreateSignedUrl("a.txt", TimeSpan.FromMinutes(1));
        files.Remove(["a.txt", "stream", "pieces"]);
        storage.DeleteBucket("starved");
    }

    // Every way in which devboxes do I/O: JSON, forms, bytes, one stream of events and two beside each other.
    public static void WorkWithDevboxes(CofferClient client)
    {
        using Devbox devbox = client.Devboxes.Create(new() { Mounts = [new FileMount("/a.txt", "text")] });
        devbox.File.Read("/a.txt");
        devbox.File.Write("b.txt", "text");
        devbox.File.Upload("c.bin", new byte[3_000_000]);
        devbox.File.Upload("d.bin", new Unseekable(new MemoryStream(new byte[300_000])));
        devbox.File.Download("c.bin");
        devbox.Cmd.Exec("cat /a.txt").Stdout();
        string heard = "";
        devbox.Cmd.Exec("echo out; sleep 0.3; echo bad >&2", new() { OnStdout = text => heard += text, OnStderr = text => heard += text });
        Execution execution = devbox.Cmd.Start("echo begun; sleep 1000");
        heard += execution.StreamStdout().First();
        execution.Kill();
        if (heard != "out\nbad\nbegun\n" || execution.Wait().ExitCode != 137)
        {
            throw new InvalidDataException(heard);
        }
    }
}
