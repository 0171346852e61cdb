// "-x" to something that is no running load balancer, or one that fails half-way: the new process gives up with a reason,
// in bounded time, and has disturbed nobody.
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class TransferFailureTests
{
    /// <summary>Serves one "old process" that behaves as told, starts Baton with -x, and returns its status and words.</summary>
    private static (int Status, string Error, TimeSpan Took) Fetch(Action<Socket> behave, int port, bool again = false)
    {
        using var daemons = new Daemons();
        string path = Path.Combine(daemons.Directory, "old");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen(64);
        var thread = new Thread(() =>
        {
            try
            {
                do
                {
                    using Socket client = server.Accept();
                    byte[] request = new byte[64];
                    Assert.True(client.Receive(request) > 0);
                    behave(client);
                } while (again);
            }
            // the test is over: the socket is closed under an accept, or before the next one
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        string config = daemons.Write(
            "",
            $"frontend fe\n    bind 127.0.0.1:{port}\n    http-request return status 200 content-type text/plain string hello"
        );
        var watch = Stopwatch.StartNew();
        (int status, string error) = daemons.Start(Product.Baton, config, "-x", path);
        if (status == 0)
            Assert.Null(RequestLoad.Request(port));
        return (status, error, watch.Elapsed);
    }

    [Theory]
    [InlineData("Unknown command\n", "makes no sense")]
    [InlineData("", "no answer to _getsocks")]
    [InlineData("ab", "no answer to _getsocks")]
    [InlineData("\0\0\0\0", "leaving")]
    [InlineData("\u0001\0\0\0", "went away")]
    public void Nonsense_is_a_reason(string answer, string reason)
    {
        (int status, string error, TimeSpan took) = Fetch(
            client => client.Send(System.Text.Encoding.Latin1.GetBytes(answer)),
            Ports.Free(),
            again: true
        );
        Assert.Equal(1, status);
        Assert.Contains("Failed to get the sockets from the old process!", error);
        Assert.Contains(reason, error);
        Assert.True(took < TimeSpan.FromSeconds(30), $"{took}");
    }

    [Theory]
    [InlineData(false, "has not answered for 5 s")]
    [InlineData(true, "has not gone on for 5 s")]
    public void A_process_that_hangs_is_given_up(bool afterNumber, string reason)
    {
        using var hang = new ManualResetEventSlim();
        (int status, string error, TimeSpan took) = Fetch(
            client =>
            {
                if (afterNumber)
                    client.Send([3, 0, 0, 0]);
                hang.Wait(Patience.Ms);
            },
            Ports.Free()
        );
        hang.Set();
        Assert.Equal(1, status);
        Assert.Contains(reason, error);
        Assert.True(took < TimeSpan.FromSeconds(30), $"{took}");
    }

    [Fact]
    public void A_process_that_dies_half_way_is_a_failure()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(8);
        (int status, string error, _) = Fetch(
            client =>
            {
                client.Send([2, 0, 0, 0]);
                DescriptorSocket.Send(client, new byte[6], [(int)listener.Handle]);
            },
            Ports.Free()
        );
        Assert.Equal(1, status);
        Assert.Contains("in the middle of the transfer", error);
    }

    [Fact]
    public void A_batch_in_many_pieces_is_put_together_and_used()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(8);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen(8);
        // the socket of this test holds the port without SO_REUSEPORT: serving it means having taken it over
        (int status, string error, _) = Fetch(
            client =>
            {
                client.Send([2, 0, 0, 0]);
                byte[] descriptions =
                [
                    4,
                    (byte)'n',
                    (byte)'e',
                    (byte)'t',
                    (byte)'1',
                    2,
                    (byte)'i',
                    (byte)'f',
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                ];
                DescriptorSocket.Send(client, descriptions[..1], [(int)other.Handle, (int)listener.Handle]);
                for (int i = 1; i < descriptions.Length; i++)
                {
                    Thread.Sleep(2);
                    client.Send(descriptions, i, 1, SocketFlags.None);
                }
                client.Receive(new byte[4]);
            },
            ((IPEndPoint)listener.LocalEndPoint!).Port
        );
        Assert.True(status == 0, error);
    }
}
