// A stand-in for a server: it stores objects one after the other, says so, and can be told to slip.
//
//   put FOLDER SLIP COUNT [PORT]   stores what is missing of objects 1 to COUNT; answers "stored N" on stdout, or in
//                                  the shape of HTTP to a port
//   put-many FOLDER SLIP COUNT     the same by four writers at once
//   sync-twice FOLDER              writes a file in two parts, each followed by a sync, and says how the syncs went
//   clock                          prints the wall clock and the monotonic clock, a line for each line read
//   fill FOLDER BYTES FILES        writes files until the disk refuses, says what it said, deletes one and tries again
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Coffer.DurabilityTests;
using Microsoft.Win32.SafeHandles;

switch (args[0])
{
    case "put": Put(args[1], args[2], int.Parse(args[3]), args.Length > 4 ? int.Parse(args[4]) : null, writers: 1); break;
    case "put-many": Put(args[1], args[2], int.Parse(args[3]), port: null, writers: 4); break;
    case "sync-twice": SyncTwice(args[1]); break;
    case "clock": Clock(); break;
    case "fill": Fill(args[1], int.Parse(args[2]), int.Parse(args[3])); break;
    default: throw new InvalidOperationException($"There is no verb {args[0]}.");
}

static void Put(string folder, string slip, int count, int? port, int writers)
{
    using Stream answers = port is { } known ? new TcpClient("127.0.0.1", known).GetStream() : Console.OpenStandardOutput();
    using var store = new TinyStore(folder, Enum.Parse<Slip>(slip));
    Parallel.For(store.NextId, count + 1, new ParallelOptions { MaxDegreeOfParallelism = writers }, id =>
    {
        string line = $"stored {id}\n";
        string answer = port is null ? line : $"HTTP/1.1 200 OK\r\nContent-Length: {line.Length}\r\n\r\n{line}";
        store.Put(id, () => answers.Write(Encoding.UTF8.GetBytes(answer)));
    });
}

static void SyncTwice(string folder)
{
    Directory.CreateDirectory(folder);
    using SafeFileHandle file = File.OpenHandle(Path.Combine(folder, "file"), FileMode.CreateNew, FileAccess.Write);
    DiskSync.FlushDirectory(folder);
    DiskSync.FlushDirectory(Path.GetDirectoryName(folder)!);
    RandomAccess.Write(file, "first "u8, 0);
    string first = Sync(file);
    RandomAccess.Write(file, "second"u8, 6);
    Console.WriteLine($"{first}, {Sync(file)}");

    static string Sync(SafeFileHandle file)
    {
        try
        {
            DiskSync.Flush(file);
            return "sync passed";
        }
        catch (IOException)
        {
            return "sync failed";
        }
    }
}

static void Clock()
{
    while (Console.ReadLine() is not null)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:O} {Stopwatch.GetElapsedTime(0):c}"));
    }
}

static void Fill(string folder, int bytes, int files)
{
    Directory.CreateDirectory(folder);
    for (int i = 0; i < files; i++)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i}"), new byte[bytes]);
        }
        catch (IOException refusal)
        {
            Console.WriteLine($"refused at {i}: {refusal.Message}");
            File.Delete(Path.Combine(folder, "0"));
            File.WriteAllBytes(Path.Combine(folder, "again"), new byte[bytes]);
            break;
        }
    }

    Console.WriteLine("ready");
    Console.ReadLine();
}
