using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Coffer.Devboxes;
using Coffer.Devboxes.Execution;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>What a command finds, looks for and tries, from inside.</summary>
public sealed partial class SandboxTests(Boxes boxes) : IClassFixture<Boxes>
{
    [Fact]
    public async Task A_command_is_nobody_and_stays_nobody()
    {
        RunningDevbox devbox = boxes.Make();

        string status = (await boxes.RunAsync(devbox, "cat /proc/self/status; id -u; id -g; id -G; whoami")).Text;

        Assert.Matches("(?m)^CapEff:\\s0+$", status);
        Assert.Matches("(?m)^CapPrm:\\s0+$", status);
        Assert.Matches("(?m)^CapBnd:\\s0+$", status);
        Assert.Matches("(?m)^NoNewPrivs:\\s1$", status);
        Assert.Matches("(?m)^Seccomp:\\s2$", status);
        Assert.EndsWith("\n1000\n1000\n1000\nuser\n", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_it_runs_under_the_devbox_s_own_uid()
    {
        RequireRoot();
        RunningDevbox devbox = boxes.Make();
        RunningDevbox other = boxes.Make();
        CommandExecution sleeping = await boxes.Executions.StartAsync(devbox, new CommandRequest("echo begun; touch /home/user/mine; exec sleep 1000"));
        Assert.True(await sleeping.Output.WaitBeyondAsync(0, CancellationToken.None));

        int[] processes = await EventuallyAsync(() => Boxes.ProcessesOf(devbox), found => found.Length >= 3);
        Assert.All(processes, id =>
        {
            string status = File.ReadAllText($"/proc/{id}/status");
            Assert.Matches($"(?m)^Uid:\\s{devbox.HostUid}\\s{devbox.HostUid}\\s{devbox.HostUid}\\s{devbox.HostUid}$", status);
            Assert.Matches($"(?m)^Gid:\\s{devbox.HostUid}\\s", status);
            Assert.Matches("(?m)^Groups:\\s*$", status);
        });
        Assert.Empty(Boxes.ProcessesOf(other));
        Assert.Equal((uint)devbox.HostUid!.Value, Boxes.OwnerOf(devbox, "home/user/mine"));

        await Executions.KillAsync(sleeping, CancellationToken.None);
        Assert.Equal(137, sleeping.ExitStatus);
        Assert.Empty(Boxes.ProcessesOf(devbox));
    }

    [Fact]
    public async Task The_kernel_s_settings_cannot_be_written_not_even_with_what_they_are()
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), """
            for setting in kernel/panic vm/swappiness kernel/core_pattern user/max_user_namespaces net/ipv4/ip_forward kernel/hostname; do
              value=$(cat /proc/sys/$setting) || exit 1
              ( echo "$value" > /proc/sys/$setting ) 2>/dev/null && echo "wrote $setting"
            done
            ( echo h > /proc/sysrq-trigger ) 2>/dev/null && echo wrote sysrq
            exit 0
            """);

        Assert.Equal("", ran.Text);
    }

    [Fact]
    public async Task No_environment_holds_what_is_the_server_s()
    {
        string environments = (await boxes.RunAsync(boxes.Make(("GREETING", "hello\nworld")), "cat /proc/*/environ | tr '\\0' '|'; env | sort")).Text;

        Assert.DoesNotContain("COFFER", environments, StringComparison.Ordinal);
        string[] own = environments[(environments.LastIndexOf('|') + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["GREETING=hello", "HOME=/home/user", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "PWD=/home/user", "USER=user", "_=/usr/bin/env", "world"],
            own.Where(static line => !line.StartsWith("SHLVL=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("unshare --user true"), InlineData("unshare --mount true"), InlineData("unshare --net true"), InlineData("unshare --pid --fork true")]
    [InlineData("mount -t tmpfs none /tmp"), InlineData("mount --bind /usr /tmp"), InlineData("/usr/sbin/chroot / true")]
    [InlineData("nsenter -t 1 -m true"), InlineData("hostname other"), InlineData("dmesg"), InlineData("/usr/sbin/swapoff /tmp"), InlineData("bwrap --bind / / true")]
    [InlineData("setpriv --reuid 0 true"), InlineData("mknod /tmp/disk b 8 0"), InlineData("chown 0 /home/user"), InlineData("nice -n -5 true 2>&1 | grep -v cannot")]
    public async Task Ways_to_be_somebody_are_refused(string command)
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), command);

        Assert.NotEqual(0, ran.Exit);
        Assert.DoesNotContain("not found", ran.Errors, StringComparison.Ordinal); // a program that is not there would prove nothing
        Assert.DoesNotContain("No such file", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setuid_files_are_useless()
    {
        RunningDevbox devbox = boxes.Make();

        Ran ran = await boxes.RunAsync(devbox, """
            cp /usr/bin/id /usr/bin/cat /home/user/ && chmod 6755 /home/user/id && /home/user/id -u
            awk '$6 !~ /nosuid/ { print "suid is honoured on " $5 }' /proc/self/mountinfo
            for program in /usr/bin/su /usr/bin/passwd /usr/bin/mount; do [ -u $program ] && grep -c . $program > /dev/null; done
            su -c true < /dev/null 2> /dev/null && echo became root
            exit 0
            """);

        Assert.Equal("1000\n", ran.Text);
        Assert.NotEqual(0u, Boxes.OwnerOf(devbox, "home/user/id")); // nobody's on the host either
    }

    [Fact]
    public async Task A_path_means_what_it_means_to_a_file_call()
    {
        RunningDevbox devbox = boxes.Make();
        foreach (string folder in (string[])["data", "data/deep", "etc", "usr", "usr/local", "usr/local/bin", "usr/share", "opt"])
        {
            Boxes.MakeFolder(devbox, folder);
        }

        Boxes.Write(devbox, "data/deep/file.txt", "deep");
        Boxes.Write(devbox, "home/user/file.txt", "home");
        Boxes.Write(devbox, "top.txt", "top");
        Boxes.Write(devbox, "etc/app.conf", "configured");
        Boxes.Write(devbox, "etc/passwd", "intruder:x:0:0::/:/bin/sh\n");
        Boxes.Write(devbox, "usr/local/bin/tool", "#!/bin/sh\necho tool runs\n");
        File.SetUnixFileMode(Path.Combine(devbox.RootPath, "usr/local/bin/tool"), (UnixFileMode)0b111_101_101);
        Boxes.Write(devbox, "usr/share/mine", "not shown");
        File.CreateSymbolicLink(Path.Combine(devbox.RootPath, "link"), "/etc/shadow");
        File.CreateSymbolicLink(Path.Combine(devbox.RootPath, "inner"), "data/deep");
        File.CreateSymbolicLink(Path.Combine(devbox.RootPath, "etc/outer"), "/oldroot/etc");

        Ran ran = await boxes.RunAsync(devbox, """
            test -f /data/deep/file.txt && echo exists
            cat /data/deep/file.txt file.txt /top.txt /etc/app.conf /inner/file.txt; echo
            tool; pwd; whoami
            cat /link 2> /dev/null || echo nothing behind the link
            ls /etc/outer/ 2> /dev/null || echo nothing outside
            ls /usr/share/mine 2> /dev/null || echo the host programs are the host programs
            echo changed >> /data/deep/file.txt; echo new > /top.txt; touch /tmp/a
            for path in /made /etc/made /usr/made /usr/local-made /dev/made; do touch $path 2> /dev/null && echo made $path; done
            exit 0
            """);

        Assert.Equal(
            "exists\ndeephometopconfigureddeep\ntool runs\n/home/user\nuser\nnothing behind the link\nnothing outside\nthe host programs are the host programs\n",
            ran.Text);
        Assert.Equal("deepchanged\n", await File.ReadAllTextAsync(Path.Combine(devbox.RootPath, "data/deep/file.txt")));
        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(devbox.RootPath, "top.txt")));
        Assert.Equal(["data", "etc", "home", "inner", "link", "opt", "tmp", "top.txt", "usr"],
            Directory.EnumerateFileSystemEntries(devbox.RootPath).Select(Path.GetFileName).Order(StringComparer.Ordinal)); // no litter of mount points
    }

    [Fact]
    public async Task Nothing_of_the_host_is_there()
    {
        RunningDevbox devbox = boxes.Make();
        RunningDevbox other = boxes.Make();
        Boxes.Write(other, "home/user/secret.txt", "the other's");

        Ran ran = await boxes.RunAsync(devbox, $"""
            for path in /etc/shadow /etc/ssh /etc/hostname /root /var /sys /boot /run /oldroot /newroot /srv /mnt /proc/1/root/root \
                /proc/1/cwd/root {boxes.Folder} {other.RootPath} {AppContext.BaseDirectory} /home/user/../../../../root; do
              [ -e $path ] && echo there: $path
            done
            ls -A /usr/local; ls /home; ls -A / | tr '\n' ' '
            find / -name secret.txt 2> /dev/null
            ls /proc | grep -c '^[0-9]' | awk '$1 > 12 {"{"} print "many processes" {"}"}'
            exit 0
            """);

        Assert.Equal("user\nbin dev etc home lib lib64 proc sbin tmp usr ", ran.Text.Replace("lib32 ", "", StringComparison.Ordinal).Replace("libx32 ", "", StringComparison.Ordinal));
        Assert.DoesNotContain(boxes.Folder, (await boxes.RunAsync(devbox, "cat /proc/[0-9]*/cmdline")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_network_and_nobody_who_listens_on_this_machine()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var vsock = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        vsock.Bind(new UnixDomainSocketEndPoint($"\0coffer-test-{port}")); // an abstract name, which has no file
        vsock.Listen();

        Ran ran = await boxes.RunAsync(boxes.Make(), $"""
            for host in 127.0.0.1 localhost ::1 10.0.0.1; do ( exec 3<>/dev/tcp/$host/{port} ) 2> /dev/null && echo reached $host; done
            ls /proc/self/net/ > /dev/null && grep -c : /proc/self/net/dev
            cat /proc/net/unix | tail -n +2
            cat /etc/resolv.conf
            exit 0
            """);

        Assert.Equal("1\n", ran.Text); // the loopback device alone
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Calls_that_leave_namespaces_are_refused()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");

        Ran ran = await boxes.RunAsync(boxes.Make(), """
            python3 - <<'END'
            import ctypes, socket, os, threading
            libc = ctypes.CDLL(None, use_errno=True)
            for family in 40, 38, 17:
                try: socket.socket(family, socket.SOCK_STREAM); print("family", family)
                except OSError as refused: assert refused.errno in (97, 93, 94), refused
            def refused(name, *arguments):
                ctypes.set_errno(0)
                if libc[name](*arguments) != -1 or ctypes.get_errno() != 1: print(name, ctypes.get_errno())
            refused("ptrace", 0, 0, 0, 0)
            refused("unshare", 0x10000000)
            refused("setns", 0, 0)
            refused("mount", b"none", b"/tmp", b"tmpfs", 0, None)
            refused("syscall", 321 if os.uname().machine == "x86_64" else 280, 0, 0, 0)
            refused("syscall", 425, 1, None)
            thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
            assert os.fork() == 0 or os.wait()[1] == 0
            END
            """);

        Assert.Equal("", ran.Text);
    }

    [Fact]
    public async Task No_descriptor_is_inherited_beside_the_three_pipes()
    {
        int left = Duplicate(1); // as whoever started the server may have left one
        try
        {
            Ran ran = await boxes.RunAsync(boxes.Make(), "ls /proc/1/fd /proc/self/fd | tr '\\n' ' '; readlink /proc/self/fd/0 | cut -d: -f1; cat; tty");

            Assert.StartsWith("/proc/1/fd: 0 1 2 ", ran.Output, StringComparison.Ordinal);
            Assert.Contains("/proc/self/fd: 0 1 2 3 pipe\n", ran.Output, StringComparison.Ordinal); // 3 is the folder that ls reads
            Assert.Contains("not a tty", ran.Output, StringComparison.Ordinal);
        }
        finally
        {
            _ = Close(left);
        }
    }

    internal static async Task<T> EventuallyAsync<T>(Func<T> look, Func<T, bool> isEnough)
    {
        for (int tries = 0; tries < 200; tries++)
        {
            if (isEnough(look()))
            {
                break;
            }

            await Task.Delay(25);
        }

        return look();
    }

    internal static void RequireRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives devboxes uids of their own");

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
