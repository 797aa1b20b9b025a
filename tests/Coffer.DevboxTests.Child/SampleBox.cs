using Coffer.Devboxes.Roots;
using Microsoft.Win32.SafeHandles;

namespace Coffer.DevboxTests.Child;

/// <summary>The folders of a devbox, as its making leaves them.</summary>
internal static class SampleBox
{
    public const string Home = "/home/user";

    public static DevboxRoot Make(DevboxRoot devbox)
    {
        if (Directory.Exists(devbox.Folder)) return devbox;
        Directory.CreateDirectory(devbox.Folder);
        using SafeFileHandle folder = FileCalls.Open(devbox.Folder);
        foreach (string name in (string[])["root", "root/home", "root/home/user", "root/tmp"])
        {
            Directory.CreateDirectory(Path.Combine(devbox.Folder, name));
            File.SetUnixFileMode(Path.Combine(devbox.Folder, name), (UnixFileMode)0x1ED);
            if (devbox.Uid is { } uid) FileCalls.SetOwnerIn(folder, name, uid);
        }

        return devbox;
    }
}
