// Requests that ask for another protocol, and answers that give it.
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class ProtocolSwitchTests
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", true, false)]
    [InlineData("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" + Key + "\r\n", true, true)]
    [InlineData("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, true)]
    [InlineData("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: short\r\n\r\n", false, true)]
    [InlineData("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n", true, true)]
    [InlineData("GET / HTTP/1.1\r\nUpgrade: other\r\n\r\n", true, false)]
    [InlineData("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n", true, false)]
    [InlineData("POST / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: other\r\nContent-Length: 1\r\n\r\n", true, false)]
    public void Requests(string text, bool isSound, bool isWanted)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        var head = new MessageHead();
        Assert.Equal(ParseStatus.Complete, new HeadParser(head).ParseRequest(bytes.Pointer, bytes.Length, default));
        Assert.Equal((isSound, isWanted), (ProtocolSwitch.IsSound(head), ProtocolSwitch.IsWanted(head)));
    }

    [Theory]
    [InlineData("Connection: upgrade\r\nUpgrade: other\r\n", true)]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n", true)]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket\r\n", false)]
    [InlineData("Connection: upgrade\r\n", false)]
    [InlineData("Upgrade: other\r\n", false)]
    public void Answers(string fields, bool isAnswered)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1($"HTTP/1.1 101 x\r\n{fields}\r\n"));
        var head = new MessageHead();
        Assert.Equal(ParseStatus.Complete, new HeadParser(head).ParseResponse(bytes.Pointer, bytes.Length, HttpMethod.Get, default));
        Assert.Equal(isAnswered, ProtocolSwitch.IsAnswered(head));
    }
}
