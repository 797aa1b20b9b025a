using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Execution;

/// <summary>What a started program inherits beside its three pipes: exactly the files made here.</summary>
internal static partial class Descriptors
{
    private const long CloseRange = 436; // on every processor
    private const uint MarkCloseOnExec = 4;
    private const int FirstBesidePipes = 3;

    /// <summary>
    /// Lets no descriptor that this process has now reach a program that it starts. .NET marks its own; whoever started the server may
    /// have left it others.
    /// </summary>
    /// <exception cref="IOException">The kernel is older than 5.11.</exception>
    public static void KeepAllBack()
    {
        if (SystemCall(CloseRange, FirstBesidePipes, uint.MaxValue, MarkCloseOnExec) != 0)
        {
            throw Failure("keep descriptors from commands");
        }
    }

    /// <summary>A file in memory with these bytes, which programs started from now on inherit under the same number.</summary>
    public static SafeFileHandle Inherited(ReadOnlySpan<byte> bytes)
    {
        int descriptor = MakeMemoryFile("coffer", 0);
        if (descriptor < 0)
        {
            throw Failure("make a file in memory");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, bytes, 0); // by position: whoever inherits it reads from the beginning
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static IOException Failure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long last, long flags);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeMemoryFile(string name, uint flags);
}
