/// Chinese cities by region: where partners may sit.
///
/// Per province: name, degrees north, degrees east, people in ten thousands, rounded from general geography. Positions
/// are good to about a tenth of a degree; the tier follows from the population. They place a made-up network
/// on a plausible map and are no source for anything else.
enum CityCatalogue {
  /// A province and its cities, as `name north east people` groups.
  typealias Province = (name: String, cities: String)

  /// Regions in the order of the network's growth: the first areas first.
  static let regions: [(name: String, maturity: String, provinces: [Province])] = [
    (
      "shanghai", "mature",
      [
        ("shanghai", "shanghai 31.2 121.5 2487"),
        (
          "jiangsu_south",
          "suzhou 31.3 120.6 1285, wuxi 31.5 120.3 748, nantong 32.0 120.9 773, changzhou 31.8 119.9 534"
        ),
        (
          "zhejiang_north",
          "ningbo 29.9 121.5 954, jiaxing 30.7 120.8 547, huzhou 30.9 120.1 340, zhoushan 30.0 122.2 117"
        ),
      ]
    ),
    (
      "east", "mature",
      [
        (
          "jiangsu",
          """
          nanjing 32.1 118.8 942, xuzhou 34.3 117.2 908, yancheng 33.4 120.1 671, yangzhou 32.4 119.4 456,
          taizhou_js 32.5 119.9 451, zhenjiang 32.2 119.4 321, huaian 33.6 119.0 456, lianyungang 34.6 119.2 460,
          suqian 34.0 118.3 499
          """
        ),
        (
          "zhejiang",
          """
          hangzhou 30.3 120.2 1194, wenzhou 28.0 120.7 957, shaoxing 30.0 120.6 527, taizhou 28.7 121.4 662,
          jinhua 29.1 119.6 705, quzhou 29.0 118.9 228, lishui 28.5 119.9 251
          """
        ),
        (
          "anhui",
          """
          hefei 31.8 117.2 937, wuhu 31.3 118.4 364, fuyang 32.9 115.8 820, bengbu 32.9 117.4 330,
          anqing 30.5 117.1 417, luan 31.7 116.5 439, suzhou_ah 33.6 117.0 532, bozhou 33.8 115.8 500,
          chuzhou 32.3 118.3 399, maanshan 31.7 118.5 216, huainan 32.6 117.0 303, xuancheng 30.9 118.8 250,
          huaibei 34.0 116.8 197, tongling 30.9 117.8 131, chizhou 30.7 117.5 134, huangshan 29.7 118.3 133
          """
        ),
      ]
    ),
    (
      "xian", "growing",
      [
        (
          "shaanxi",
          """
          xian 34.3 108.9 1295, baoji 34.4 107.2 332, xianyang 34.3 108.7 396, weinan 34.5 109.5 469,
          hanzhong 33.1 107.0 321, yulin_sx 38.3 109.7 362, yanan 36.6 109.5 228, ankang 32.7 109.0 249,
          shangluo 33.9 109.9 204, tongchuan 34.9 109.0 70
          """
        ),
        (
          "gansu",
          """
          lanzhou 36.1 103.8 436, tianshui 34.6 105.7 298, qingyang 35.7 107.6 218, pingliang 35.5 106.7 185,
          wuwei 37.9 102.6 146, baiyin 36.5 104.1 151, zhangye 38.9 100.5 113, jiuquan 39.7 98.5 106,
          dingxi 35.6 104.6 252, longnan 33.4 104.9 241, jiayuguan 39.8 98.3 31
          """
        ),
        ("ningxia", "yinchuan 38.5 106.2 286, wuzhong 38.0 106.2 138, guyuan 36.0 106.2 114, shizuishan 39.0 106.4 75"),
        ("qinghai", "xining 36.6 101.8 247, haidong 36.5 102.1 136"),
        (
          "xinjiang",
          """
          urumqi 43.8 87.6 405, kashgar 39.5 76.0 450, yining 43.9 81.3 78, korla 41.8 86.1 78,
          aksu 41.2 80.3 72, hami 42.8 93.5 67, karamay 45.6 84.9 49, shihezi 44.3 86.1 50,
          changji 44.0 87.3 161, turpan 42.9 89.2 69, hotan 37.1 79.9 50
          """
        ),
      ]
    ),
    (
      "kunming", "emerging",
      [
        (
          "yunnan",
          """
          kunming 25.0 102.7 846, qujing 25.5 103.8 577, zhaotong 27.3 103.7 509, yuxi 24.4 102.5 225,
          baoshan 25.1 99.2 243, lijiang 26.9 100.2 125, puer 22.8 101.0 240, lincang 23.9 100.1 226,
          dali 25.6 100.3 334, mengzi 23.4 103.4 59, jinghong 22.0 100.8 64, chuxiong 25.0 101.5 63
          """
        ),
        (
          "guizhou",
          """
          guiyang 26.6 106.7 599, zunyi 27.7 106.9 661, bijie 27.3 105.3 690, liupanshui 26.6 104.8 303,
          anshun 26.3 105.9 247, tongren 27.7 109.2 330, kaili 26.6 108.0 71, duyun 26.3 107.5 53,
          xingyi 25.1 104.9 100
          """
        ),
      ]
    ),
    (
      "north", "mature",
      [
        ("beijing", "beijing 39.9 116.4 2189"),
        ("tianjin", "tianjin 39.1 117.2 1387"),
        (
          "hebei",
          """
          shijiazhuang 38.0 114.5 1124, tangshan 39.6 118.2 772, baoding 38.9 115.5 924, handan 36.6 114.5 941,
          langfang 39.5 116.7 546, cangzhou 38.3 116.8 730, xingtai 37.1 114.5 711, qinhuangdao 39.9 119.6 314,
          zhangjiakou 40.8 114.9 412, chengde 41.0 118.0 335, hengshui 37.7 115.7 421
          """
        ),
        (
          "shanxi",
          """
          taiyuan 37.9 112.5 530, datong 40.1 113.3 311, linfen 36.1 111.5 398, yuncheng 35.0 111.0 477,
          changzhi 36.2 113.1 318, jinzhong 37.7 112.8 338, jincheng 35.5 112.9 219, luliang 37.5 111.1 340,
          xinzhou 38.4 112.7 269, yangquan 37.9 113.6 132, shuozhou 39.3 112.4 159
          """
        ),
        (
          "inner_mongolia",
          """
          hohhot 40.8 111.7 345, baotou 40.7 109.8 271, chifeng 42.3 118.9 404, ordos 39.6 109.8 215,
          tongliao 43.7 122.2 287, hulunbuir 49.2 119.8 224, bayannur 40.7 107.4 154, ulanqab 41.0 113.1 171
          """
        ),
      ]
    ),
    (
      "south", "mature",
      [
        (
          "guangdong",
          """
          guangzhou 23.1 113.3 1868, shenzhen 22.5 114.1 1756, dongguan 23.0 113.8 1047, foshan 23.0 113.1 950,
          huizhou 23.1 114.4 604, zhongshan 22.5 113.4 442, zhuhai 22.3 113.6 244, shantou 23.4 116.7 550,
          jiangmen 22.6 113.1 480, zhanjiang 21.3 110.4 698, zhaoqing 23.1 112.5 411, maoming 21.7 110.9 617,
          jieyang 23.6 116.4 557, qingyuan 23.7 113.1 397, shaoguan 24.8 113.6 286, meizhou 24.3 116.1 387,
          chaozhou 23.7 116.6 257, yangjiang 21.9 112.0 260, heyuan 23.7 114.7 284, yunfu 22.9 112.0 238,
          shanwei 22.8 115.4 267
          """
        ),
        (
          "fujian",
          """
          fuzhou 26.1 119.3 829, xiamen 24.5 118.1 516, quanzhou 24.9 118.6 878, zhangzhou 24.5 117.6 505,
          putian 25.4 119.0 321, longyan 25.1 117.0 272, ningde 26.7 119.5 315, sanming 26.3 117.6 249,
          nanping 26.6 118.2 268
          """
        ),
        (
          "guangxi",
          """
          nanning 22.8 108.4 874, liuzhou 24.3 109.4 416, guilin 25.3 110.3 493, yulin 22.6 110.2 580,
          wuzhou 23.5 111.3 282, beihai 21.5 109.1 185, qinzhou 22.0 108.6 330, guigang 23.1 109.6 432,
          baise 23.9 106.6 357, hechi 24.7 108.1 342, hezhou 24.4 111.6 201, laibin 23.7 109.2 207,
          chongzuo 22.4 107.4 209, fangchenggang 21.7 108.4 105
          """
        ),
        ("hainan", "haikou 20.0 110.3 287, sanya 18.3 109.5 103, danzhou 19.5 109.6 95"),
      ]
    ),
    (
      "central", "growing",
      [
        (
          "hubei",
          """
          wuhan 30.6 114.3 1245, xiangyang 32.0 112.1 526, yichang 30.7 111.3 402, jingzhou 30.3 112.2 523,
          huanggang 30.4 114.9 588, xiaogan 30.9 113.9 427, shiyan 32.6 110.8 321, huangshi 30.2 115.0 247,
          jingmen 31.0 112.2 260, xianning 29.8 114.3 266, suizhou 31.7 113.4 205, ezhou 30.4 114.9 108,
          enshi 30.3 109.5 88, xiantao 30.4 113.5 113
          """
        ),
        (
          "hunan",
          """
          changsha 28.2 112.9 1005, hengyang 26.9 112.6 665, yueyang 29.4 113.1 505, changde 29.0 111.7 528,
          zhuzhou 27.8 113.1 390, xiangtan 27.8 112.9 273, chenzhou 25.8 113.0 467, shaoyang 27.2 111.5 656,
          yongzhou 26.4 111.6 529, yiyang 28.6 112.4 385, loudi 27.7 112.0 383, huaihua 27.6 110.0 459,
          zhangjiajie 29.1 110.5 152, jishou 28.3 109.7 42
          """
        ),
        (
          "henan",
          """
          zhengzhou 34.7 113.6 1260, luoyang 34.6 112.5 706, nanyang 33.0 112.5 971, zhoukou 33.6 114.7 903,
          shangqiu 34.4 115.7 782, xinxiang 35.3 113.9 625, anyang 36.1 114.4 548, zhumadian 33.0 114.0 701,
          xinyang 32.1 114.1 623, pingdingshan 33.8 113.2 499, kaifeng 34.8 114.3 482, xuchang 34.0 113.9 438,
          jiaozuo 35.2 113.2 352, puyang 35.8 115.0 377, luohe 33.6 114.0 237, sanmenxia 34.8 111.2 203,
          hebi 35.7 114.3 157, jiyuan 35.1 112.6 73
          """
        ),
        (
          "jiangxi",
          """
          nanchang 28.7 115.9 626, ganzhou 25.8 114.9 897, jiujiang 29.7 116.0 460, shangrao 28.5 118.0 649,
          yichun 27.8 114.4 501, jian 27.1 115.0 447, fuzhou_jx 28.0 116.4 361, pingxiang 27.6 113.9 180,
          xinyu 27.8 114.9 120, jingdezhen 29.3 117.2 162, yingtan 28.3 117.1 115
          """
        ),
      ]
    ),
    (
      "southwest", "growing",
      [
        (
          "sichuan",
          """
          chengdu 30.6 104.1 2094, mianyang 31.5 104.7 487, nanchong 30.8 106.1 561, yibin 28.8 104.6 459,
          luzhou 28.9 105.4 425, dazhou 31.2 107.5 539, deyang 31.1 104.4 346, leshan 29.6 103.8 316,
          zigong 29.3 104.8 249, neijiang 29.6 105.1 314, suining 30.5 105.6 281, meishan 30.1 103.8 296,
          guangan 30.5 106.6 325, panzhihua 26.6 101.7 121, guangyuan 32.4 105.8 231, bazhong 31.9 106.7 271,
          yaan 30.0 103.0 143, ziyang 30.1 104.6 231, xichang 27.9 102.3 96
          """
        ),
        ("chongqing", "chongqing 29.6 106.5 2190, wanzhou 30.8 108.4 157, fuling 29.7 107.4 112"),
        ("tibet", "lhasa 29.7 91.1 87, shigatse 29.3 88.9 80"),
      ]
    ),
    (
      "northeast", "mature",
      [
        (
          "liaoning",
          """
          shenyang 41.8 123.4 907, dalian 38.9 121.6 745, anshan 41.1 123.0 333, jinzhou 41.1 121.1 270,
          yingkou 40.7 122.2 233, dandong 40.1 124.4 219, huludao 40.7 120.8 243, chaoyang 41.6 120.5 287,
          tieling 42.3 123.8 239, fushun 41.9 123.9 186, liaoyang 41.3 123.2 160, panjin 41.1 122.1 139,
          benxi 41.3 123.8 133, fuxin 42.0 121.7 165
          """
        ),
        (
          "jilin",
          """
          changchun 43.9 125.3 907, jilin 43.8 126.6 362, siping 43.2 124.4 181, songyuan 45.1 124.8 225,
          tonghua 41.7 125.9 130, yanji 42.9 129.5 69, baicheng 45.6 122.8 155, liaoyuan 42.9 125.1 100
          """
        ),
        (
          "heilongjiang",
          """
          harbin 45.8 126.5 1001, daqing 46.6 125.1 278, qiqihar 47.4 123.9 407, suihua 46.6 127.0 376,
          mudanjiang 44.6 129.6 229, jiamusi 46.8 130.3 216, jixi 45.3 131.0 150, heihe 50.2 127.5 129,
          hegang 47.3 130.3 89, shuangyashan 46.6 131.2 121, yichun_hlj 47.7 128.9 88, qitaihe 45.8 131.0 69
          """
        ),
      ]
    ),
    (
      "shandong", "growing",
      [
        (
          "shandong",
          """
          jinan 36.7 117.0 920, qingdao 36.1 120.4 1007, yantai 37.5 121.4 710, weifang 36.7 119.2 939,
          linyi 35.1 118.4 1102, jining 35.4 116.6 836, zibo 36.8 118.1 470, heze 35.2 115.5 880,
          dezhou 37.4 116.3 561, liaocheng 36.5 116.0 595, taian 36.2 117.1 547, binzhou 37.4 118.0 393,
          weihai 37.5 122.1 291, dongying 37.4 118.7 219, zaozhuang 34.8 117.3 386, rizhao 35.4 119.5 297
          """
        )
      ]
    ),
  ]
}
