using System.Globalization;
using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging.Abstractions;

// A server's part in mounts, to be killed: FOLDER UID|- , then one command a line on the standard input, each answered by a line.
//   recover ID…          makes whole what is there, answers with the ids that are not
//   attach ID PATH       makes a devbox unless there is one and shows the sample archive in it
//   stall ID PATH        the same, with an extraction that never ends; answers when it has begun
//   detach ID            takes its mounts away
//   way                  how archives get into devboxes
//   end                  ends in order
OwnerOnly.FromNowOn();
string folder = args[0];
int? uid = args[1] == "-" ? null : int.Parse(args[1], CultureInfo.InvariantCulture);
using MountedArchives archives = MountedArchives.Open(folder, uid, sharedMaxBytes: 1L << 30, NullLogger.Instance);
var sample = new SampleArchive();
Say("open");
int number = 100;
while (Console.In.ReadLine() is { } line && line != "end")
{
    string[] words = line.Split(' ');
    switch (words[0])
    {
        case "recover":
            Say(string.Join(' ', archives.Recover([.. words[1..].Select(Box)]).Select(box => box.Id).Prepend("lost:")));
            break;
        case "attach":
            SampleBox.Make(Box(words[1]));
            await archives.AttachAsync(Box(words[1]), Mount("sample"), sample.Extract, CancellationToken.None);
            Say("attached");
            break;
        case "stall":
            SampleBox.Make(Box(words[1]));
            var stalling = new SampleArchive { Gate = new TaskCompletionSource().Task };
            _ = archives.AttachAsync(Box(words[1]), Mount("stalled"), stalling.Extract, CancellationToken.None);
            await stalling.Begun.Task;
            Say("begun");
            break;
        case "detach":
            archives.Detach(Box(words[1]));
            Say("detached");
            break;
        case "way":
            Say(archives.Way.ToString());
            break;
        default:
            Say($"unknown: {line}");
            break;
    }

    ArchiveMount Mount(string blob) => new(number++, words[2], SharedTreeKey.Of("tar", blob), StoredBytes: 1);
}

DevboxRoot Box(string id) => new(id, Path.Combine(folder, id), uid);

static void Say(string answer)
{
    Console.Out.WriteLine(answer);
    Console.Out.Flush();
}
