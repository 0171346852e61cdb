// "baton quickstart": the example of examples/quickstart.cfg, embedded in the binary, in the foreground. It is read from memory
// and listens on ports and an abstract socket only, so that nothing is left behind however it ends.
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class QuickstartCommand
{
    public const string Arguments = "[--port PORT] [--print]";
    public const string Summary =
        "serves an example on 127.0.0.1:8080 and the three ports behind it, or on PORT and the next three;\n--print writes its configuration to standard output instead";

    private const int UsualPort = 8080,
        Ports = 4;
    private const string Socket = "abns@baton-quickstart";

    private static string Invitation(int port, string program) =>
        $"""

            Baton is serving an example. Open http://127.0.0.1:{port}/ in a browser to watch it, or try
              curl http://127.0.0.1:{port}/             red, green and blue answer in turn
              curl -i http://127.0.0.1:{port}/old       a redirect
              curl http://127.0.0.1:{port}/health       monitor-uri, answered by the frontend itself

            Reload it live, from another terminal:
              {program} quickstart --print{(port == UsualPort ? "" : $" --port {port}")} > my.cfg       and change my.cfg
              {program} -f my.cfg -x {SocketOf(port)} -sf {Processes.getpid()}

            Each request is one line below; Ctrl+C ends it.


            """;

    public static int Run(string[] args)
    {
        int port = UsualPort;
        bool print = false;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--print")
                print = true;
            else if (args[i] == "--port" && i + 1 < args.Length)
            {
                string value = args[++i];
                if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65536 - Ports)
                    continue;
                return Companions.Find("quickstart")!.Refuse($"'{value}' is no port between 1 and {65536 - Ports}");
            }
            else
                return Companions.Find("quickstart")!.Refuse(Companions.WrongArgument(args[i], "--port", "--print"));
        }
        string name = Environment.GetCommandLineArgs()[0],
            program = name.Contains('/') ? name : "baton";
        string text = Configuration(port, program);
        if (print)
        {
            StandardStreams.Out(text);
            return 0;
        }
        string[] arguments = ["-db", "-f", "quickstart.cfg"];
        CommandLine line = CommandLine.Parse(arguments);
        line.BuiltIn = (text, "quickstart.cfg");
        var startup = new Lifecycle.Startup(line, arguments) { Serving = () => StandardStreams.Out(Invitation(port, program)) };
        int status = startup.Run();
        if (!startup.HasServed && status != 0)
            StandardStreams.Error($"It needs the ports {port} to {port + Ports - 1}; '{program} quickstart --port PORT' takes others.\n");
        return status;
    }

    private static string SocketOf(int port) =>
        port == UsualPort ? Socket : string.Create(CultureInfo.InvariantCulture, $"{Socket}-{port}");

    /// <summary>The example, on other ports if need be, with the program's name in what the page asks people to type.</summary>
    private static string Configuration(int port, string program)
    {
        using Stream resource = typeof(QuickstartCommand).Assembly.GetManifestResourceStream("quickstart.cfg")!;
        using var reader = new StreamReader(resource);
        string text = reader.ReadToEnd();
        text = Moved(text, port);
        string option = port == UsualPort ? "" : string.Create(CultureInfo.InvariantCulture, $" --port {port}");
        return text.Replace(Socket, SocketOf(port))
            .Replace("<pre>baton quickstart --print", $"<pre>{program} quickstart --print{option}")
            .Replace("<br>baton -f", $"<br>{program} -f");
    }

    /// <summary>The addresses of the example, moved to other ports.</summary>
    private static string Moved(string text, int port)
    {
        const string host = "127.0.0.1:",
            address = host + "808";
        var moved = new StringBuilder();
        int from = 0;
        for (int at; (at = text.IndexOf(address, from, StringComparison.Ordinal)) >= 0; from = at + address.Length + 1)
            moved.Append(text, from, at - from).Append(CultureInfo.InvariantCulture, $"{host}{port + text[at + address.Length] - '0'}");
        return moved.Append(text, from, text.Length - from).ToString();
    }
}
