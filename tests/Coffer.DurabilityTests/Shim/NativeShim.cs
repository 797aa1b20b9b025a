using System.Diagnostics;

namespace Coffer.DurabilityTests.Shim;

/// <summary>The library made from <c>native/powercut.c</c>; gcc builds it at first use, beside the test assembly.</summary>
internal static class NativeShim
{
    private static readonly Lazy<(string? Library, string? Problem)> Built = new(Build);

    /// <summary>Absolute path of the library. Skips the running test, with the reason, where it cannot be built.</summary>
    public static string Library
    {
        get
        {
            (string? library, string? problem) = Built.Value;
            Assert.SkipWhen(library is null, problem ?? "");
            return library;
        }
    }

    private static (string? Library, string? Problem) Build()
    {
        if (!OperatingSystem.IsLinux()) return (null, "the power-cut shim is for Linux");

        string folder = Path.Combine(AppContext.BaseDirectory, "native");
        string half = Path.Combine(folder, $"powercut.{Environment.ProcessId}.so");
        string library = Path.Combine(folder, "powercut.so");
        var gcc = new ProcessStartInfo("gcc")
        {
            ArgumentList =
            {
                "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", half, Path.Combine(folder, "powercut.c"),
                "-ldl", "-pthread",
            },
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(gcc)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"gcc refused powercut.c:\n{errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "gcc is missing: apt-get install gcc libc6-dev");
        }

        File.Move(half, library, overwrite: true); // a test process that runs beside this one keeps its own mapping
        return (library, null);
    }
}
