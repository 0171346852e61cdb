// A real Prometheus (Debian's package) scrapes the exporter: what its queries find are the figures of the runtime API.
using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Services;

public sealed class ScrapeTests : Scenario
{
    private const string Program = "/usr/bin/prometheus";

    /// <summary>Scrapes a port each second until the end of the test.</summary>
    private sealed class Prometheus : IDisposable
    {
        private readonly Process _process;

        public Prometheus(string directory, int target)
        {
            Port = Ports.Free();
            string file = Path.Combine(directory, "prometheus.yml");
            File.WriteAllText(
                file,
                $$"""
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: proxy
                    static_configs: [{targets: ['127.0.0.1:{{target}}']}]
                """
            );
            string[] arguments =
            [
                $"--config.file={file}",
                $"--storage.tsdb.path={Path.Combine(directory, "tsdb")}",
                $"--web.listen-address=127.0.0.1:{Port}",
            ];
            var info = new ProcessStartInfo(Program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            _process = Process.Start(info)!;
            _process.BeginErrorReadLine();
            _process.BeginOutputReadLine();
        }

        public int Port { get; }

        /// <summary>What a query finds: the value of one series, or nothing.</summary>
        public string Ask(string query)
        {
            using RawClient client = RawClient.Tcp(Port);
            Response answer = client.Get("/api/v1/query?query=" + Uri.EscapeDataString(query));
            // it says 503 as long as it is not ready
            if (answer.Status != 200)
                return "";
            JsonElement found = JsonDocument.Parse(answer.Body).RootElement.GetProperty("data").GetProperty("result");
            return found.GetArrayLength() == 1 ? found[0].GetProperty("value")[1].GetString()! : "";
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Queries_of_a_dashboard_find_what_there_is(Product product)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request use-service prometheus-exporter if { path /metrics }
                    http-request return status 404 if { path /no }
                    default_backend be
                backend be
                    server s1 127.0.0.1:${d1}
                    server s2 127.0.0.1:${d1} disabled
                """
        );
        RawClient client = Connect(proxy);
        for (int i = 0; i < 3; i++)
            Assert.Equal(404, client.Get("/no").Status);
        Prometheus prometheus = Keep(new Prometheus(Directory, proxy.Port()));
        Eventually(() => Ports.Listening().Contains(prometheus.Port), "prometheus does not listen");
        Eventually(() => prometheus.Ask("up") == "1", "nothing is scraped");
        Assert.Equal("3", prometheus.Ask("haproxy_frontend_http_responses_total{proxy='fe',code='4xx'}"));
        Assert.Equal("1", prometheus.Ask("sum(haproxy_server_status{state='MAINT'})"));
        Assert.Equal("1", prometheus.Ask("sum by (proxy) (haproxy_backend_active_servers)"));
        if (product == Product.Baton)
            Assert.NotEqual("", prometheus.Ask("min(baton_worker_idle_percent)"));
    }
}
